-- Nanoseconds of CPU per switch into a coroutine or out of it. Whoever runs the benchmark measures and answers with the CPU time.
local io = require("io")
local switch = require("switch")

local function cpu_us()
  io.print("MEASURE cpu")
  io.flush()
  return assert(tonumber(io.readline()))
end

local function main()
  local count = tonumber(io.args()[1] or 20000000)
  local began = cpu_us()
  local sum = switch(count)
  local used = cpu_us() - began
  io.print("CHECK " .. sum)
  io.print(string.format("RESULT coroutine %.3f ns", used * 1000 / count))
end

return { main = main }
