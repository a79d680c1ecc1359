-- modules: funcs
-- What lasts from call to call on a state, and what ends with a call.
local funcs = require("funcs")

for i = 1, 50 do assert(funcs.call("test:counter") == i) end

local function keeper(...) return assert(funcs.call("test:keeper", ...)) end
assert(keeper("leave") == "left")
assert(keeper("look") == "all gone")
-- and again, on a state that has been through it
assert(keeper("leave") == "left")
assert(keeper("look") == "all gone")
assert(process.registry.lookup("keeper") == nil)
