-- The CPU time of processes that do less than a sleeper, each kind one thing more than the one before.
local system, time = require("system"), require("time")

local kinds = { -- the entry; whether they report; how long all sleep in ms, nil: from 0 to 1 s
  ends = { entry = "bench:ends" },
  sends = { entry = "bench:sends", reports = true },
  together = { entry = "bench:sleeps", ms = 1000 },
  sleeps = { entry = "bench:sleeps" },
  reports = { entry = "bench:reports", reports = true },
}

-- How many processes of that host have ended.
local function ended()
  for _, host in ipairs(system.hosts.list()) do
    if host.id == "bench:processes" then return host.executed end
  end
end

-- All of them and their starter.
local function await(lates, kind, count)
  for _ = 1, kind.reports and count or 0 do assert(lates:receive() == 0) end
  while ended() < count + 1 do time.sleep(100 * time.MILLISECOND) end
  assert(ended() == count + 1, "others ran too")
end

-- Returns microseconds for each.
local function measure(name, count, cpu_us)
  local kind, lates = assert(kinds[name], "no such kind: " .. name), process.listen("late")
  local before = cpu_us()
  assert(process.spawn("bench:starter", "bench:processes", process.pid(), count, kind.entry, kind.ms))
  await(lates, kind, count)
  return (cpu_us() - before) / count
end

return { measure = measure }
