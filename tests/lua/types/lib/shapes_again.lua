-- kind: library.lua
-- imports: base=test:shapes
local base = require("base")
type User = {id: string}
return {User = User, Base = base.User, check = function(v) return base.User:is(v) end}
