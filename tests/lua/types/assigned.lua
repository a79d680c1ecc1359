-- Names of types that the program assigns are its own, from the first line to the last.
local function before() return string(3), error:is(5) end
string = function(x) return "mine" .. x end
error = setmetatable({}, {__index = {is = function(_, x) return x * 2 end}})
local a, b = before()
assert(a == "mine3" and b == 10 and string(4) == "mine4")
