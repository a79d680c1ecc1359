-- SPDX-License-Identifier: MIT
-- Times the switches of apps/coroutine in the stand-alone interpreter; argument: switches.
local here = arg[0]:match("^(.*)/[^/]*$") or "."
local switch = dofile(here .. "/../../apps/coroutine/src/switch.lua")
local count = tonumber(arg[1] or 20000000)
local began = os.clock()
local sum = switch(count)
local seconds = os.clock() - began
print("CHECK " .. sum)
print(string.format("RESULT coroutine %.3f ns", seconds * 1e9 / count))
