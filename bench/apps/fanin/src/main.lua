-- Messages per second from many senders to one receiver. The numbers must add up.
local io, time = require("io"), require("time")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local function main()
  local senders, count = tonumber(io.args()[1] or 100), tonumber(io.args()[2] or 10000)
  local numbers, me = process.listen("number"), process.pid()
  local began = time.now()
  for _ = 1, senders do assert(process.spawn("bench:sender", "bench:processes", me, count)) end
  local sum = 0
  for _ = 1, senders * count do sum = sum + numbers:receive() end
  local seconds = time.now():sub(began):seconds()
  assert(sum == senders * (count * (count + 1) // 2), "lost or doubled messages")
  result("fanin", senders * count / seconds, "messages/s")
end

return { main = main }
