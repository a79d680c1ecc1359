-- Processes spawned, run and ended per second. Each tells so by a message; all messages are counted.
local io, time = require("io"), require("time")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local function main()
  local count = tonumber(io.args()[1] or 200000)
  local done, me = process.listen("done"), process.pid()
  assert(process.spawn("bench:child", "bench:processes", me))
  done:receive() -- code is compiled

  local began = time.now()
  for _ = 1, count do assert(process.spawn("bench:child", "bench:processes", me)) end
  local sum = 0
  for _ = 1, count do sum = sum + done:receive() end
  local seconds = time.now():sub(began):seconds()
  assert(sum == count, "lost messages")
  result("spawn", count / seconds, "/s")
end

return { main = main }
