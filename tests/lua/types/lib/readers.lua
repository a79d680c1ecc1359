-- kind: library.lua
-- imports: shapes=test:shapes
local shapes = require("shapes")
interface Closer
    function close(self): boolean
end
interface Reader: Closer
    function read(self, n: integer): string
end
interface Sized: shapes.Measured, Closer
    function size(self): integer
end
type Alias = Reader
return {Reader = Reader, shapes = shapes}
