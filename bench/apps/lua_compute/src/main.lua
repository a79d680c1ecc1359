-- Times compute.lua, in milliseconds per unit of scale. Its checksum must be what the stand-alone interpreter gets.
local io, time = require("io"), require("time")
local compute = require("compute")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local function main()
  local scale = tonumber(io.args()[1] or 20)
  local began = time.now()
  local sum = compute(scale)
  local seconds = time.now():sub(began):seconds()
  io.print("CHECK " .. sum // scale)
  result("lua_compute", seconds * 1000 / scale, "ms")
end

return { main = main }
