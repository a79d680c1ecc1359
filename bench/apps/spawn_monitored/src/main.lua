-- Processes spawned with a monitor and seen to exit per second. The results of all exits are added up.
local io, time = require("io"), require("time")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local function main()
  local count = tonumber(io.args()[1] or 100000)
  local events = process.events()
  assert(process.spawn_monitored("bench:child", "bench:processes", 0))
  events:receive() -- code is compiled

  local began = time.now()
  for i = 1, count do assert(process.spawn_monitored("bench:child", "bench:processes", i)) end
  local sum = 0
  for _ = 1, count do
    local event = events:receive()
    assert(event.kind == process.event.EXIT)
    sum = sum + event.result.value
  end
  local seconds = time.now():sub(began):seconds()
  assert(sum == count * (count + 1) // 2, "lost or doubled exits")
  result("spawn_monitored", count / seconds, "/s")
end

return { main = main }
