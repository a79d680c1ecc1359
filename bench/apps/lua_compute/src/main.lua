-- Times compute.lua, in milliseconds of CPU per unit of scale. Its checksum must be what the stand-alone interpreter gets.
local io = require("io")
local compute = require("compute")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

-- Whoever runs the benchmark answers with the CPU time so far.
local function cpu_us()
  io.print("MEASURE cpu")
  io.flush()
  return assert(tonumber(io.readline()))
end

local function main()
  local scale = tonumber(io.args()[1] or 20)
  local began = cpu_us()
  local sum = compute(scale)
  local used = cpu_us() - began
  io.print("CHECK " .. sum // scale)
  result("lua_compute", used / 1000 / scale, "ms")
end

return { main = main }
