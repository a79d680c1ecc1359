-- kind: library.lua
-- imports: base=test:shapes
local base = require("base")
type User = {id: string}
type Holder<T> = {held: T, boxed: base.Box<T>}
return {User = User, Base = base.User, Holder = Holder, check = function(v) return base.User:is(v) end}
