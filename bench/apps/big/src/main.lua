-- Messages per second when everybody sends to everybody: each process sends to random others, and answers all that it gets.
local io, time = require("io"), require("time")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local function main()
  local size, count = tonumber(io.args()[1] or 200), tonumber(io.args()[2] or 1000)
  local done, pids = process.listen("done"), {}
  for i = 1, size do pids[i] = assert(process.spawn("bench:peer", "bench:processes", process.pid(), i, count)) end

  local began = time.now()
  for _, pid in ipairs(pids) do assert(process.send(pid, "peers", pids)) end
  for _ = 1, size do done:receive() end
  local seconds = time.now():sub(began):seconds()
  -- Who has all its answers still answers others; all have theirs now.
  local total = 0
  for _, pid in ipairs(pids) do assert(process.send(pid, "big", false)) end
  for _ = 1, size do total = total + done:receive() end
  assert(total == 2 * size * count, "lost or doubled messages")
  result("big", total / seconds, "messages/s")
end

return { main = main }
