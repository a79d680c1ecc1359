-- Many processes that compute: the time until all are done, with the workers that there are.
local io, system, time = require("io"), require("system"), require("time")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local function main()
  local jobs, n = tonumber(io.args()[1] or 64), tonumber(io.args()[2] or 27)
  local done, me = process.listen("done"), process.pid()
  assert(process.spawn("bench:job", "bench:processes", me, 1))
  done:receive() -- code is compiled

  local began, sum = time.now(), 0
  for _ = 1, jobs do assert(process.spawn("bench:job", "bench:processes", me, n)) end
  for _ = 1, jobs do sum = sum + done:receive() end
  local seconds = time.now():sub(began):seconds()
  io.print("CHECK " .. sum)
  result("scaling_" .. #system.workers(), seconds * 1000, "ms")
end

return { main = main }
