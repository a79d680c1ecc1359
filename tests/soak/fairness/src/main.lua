-- One hog per worker computes without end while pingers exchange messages: how late these are, and how the hogs share the CPU.
local io, system, time = require("io"), require("system"), require("time")

local function percentile(sorted, p)
  return sorted[math.max(1, math.ceil(#sorted * p))]
end

local function main()
  local pingers, seconds = tonumber(io.args()[1] or 20), tonumber(io.args()[2] or 1)
  local me, answers, hogs, pids = process.pid(), process.listen("times"), {}, {}
  for i = 1, #system.workers() do hogs[i] = assert(process.spawn_linked("fairness:hog", "fairness:processes")) end
  local echo = assert(process.spawn_linked("fairness:echo", "fairness:processes"))
  for i = 1, pingers do pids[i] = assert(process.spawn_linked("fairness:pinger", "fairness:processes", me, echo)) end
  time.sleep(seconds * time.SECOND)

  local times = {}
  for _, pid in ipairs(pids) do assert(process.send(pid, "stop")) end
  for _ = 1, pingers do
    for _, t in ipairs(answers:receive()) do times[#times + 1] = t end
  end
  local steps = {}
  for _, p in ipairs(system.hosts.processes("fairness:processes")) do
    if p.source == "fairness:hog" then steps[#steps + 1] = p.steps end
  end
  table.sort(times)
  io.print(string.format("%d pings: p50 %d us, p99 %d us, max %d us; slices of the hogs: %s", #times, percentile(times, 0.5),
    percentile(times, 0.99), times[#times], table.concat(steps, " ")))
  for _, pid in ipairs({ echo, table.unpack(hogs) }) do
    process.unlink(pid)
    assert(process.terminate(pid))
  end
  if #times < pingers then return nil, "a pinger was starved" end
  for _, n in ipairs(steps) do
    if n < 2 then return nil, "a hog was starved" end
  end
end

return { main = main }
