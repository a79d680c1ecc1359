-- kind: function.lua
-- modules: time
-- method: none
local first, second = ...
calls = (calls or 0) + 1
if first == "raise" then error("raised") end
if first == "block" then require("time").sleep("1ms") return "blocked" end
local result = { first = first, second = second, calls = calls }
do return result end
return
{}
