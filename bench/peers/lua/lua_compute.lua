-- SPDX-License-Identifier: MIT
-- Times the computation of apps/lua_compute in the stand-alone interpreter; argument: scale.
local here = arg[0]:match("^(.*)/[^/]*$") or "."
local compute = dofile(here .. "/../../apps/lua_compute/src/compute.lua")
local scale = tonumber(arg[1] or 20)
local began = os.clock()
local sum = compute(scale)
local seconds = os.clock() - began
print("CHECK " .. sum // scale)
print(string.format("RESULT lua_compute %.3f ms", seconds * 1000 / scale))
