-- How late a 10 ms timer fires while every worker executes an endless loop.
local io, system, time = require("io"), require("system"), require("time")

local PERIOD_US = 10000

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local function start_spinners(count)
  local spinning, me, pids = process.listen("spinning"), process.pid(), {}
  for i = 1, count do pids[i] = assert(process.spawn("bench:spinner", "bench:processes", me)) end
  for _ = 1, count do spinning:receive() end
  return pids
end

local function main()
  local samples = tonumber(io.args()[1] or 300)
  local spinners = start_spinners(#system.workers())
  local late = {}
  for i = 1, samples do
    local began = time.now()
    time.sleep("10ms")
    late[i] = time.now():sub(began):microseconds() - PERIOD_US
    assert(late[i] >= 0, "a timer fired early")
  end
  for _, pid in ipairs(spinners) do assert(process.terminate(pid)) end
  table.sort(late)
  result("preempt_p50", late[(samples + 1) // 2], "us")
  result("preempt_p99", late[math.max(1, samples * 99 // 100)], "us")
  result("preempt_max", late[samples], "us")
end

return { main = main }
