-- Very many processes that wait in their inbox loop: what they cost in memory, what they cost in CPU while nothing happens, and how long a
-- message takes on its way through ten of them.
local io, system, time = require("io"), require("system"), require("time")

local HOPS, SAMPLES = 10, 200

local function busy_ns()
  local sum = 0
  for _, worker in ipairs(system.workers()) do sum = sum + worker.busy_ns end
  return sum
end

local function percentile(sorted, p)
  return sorted[math.max(1, math.ceil(#sorted * p))]
end

local function ping(pids, back)
  local times = {}
  for i = 1, SAMPLES do
    local way = {}
    for k = 1, HOPS do way[k] = pids[math.random(#pids)] end
    local began = time.now()
    process.send(table.remove(way), "token", { id = i, way = way })
    if back:receive() ~= i then return nil end
    times[i] = time.now():sub(began):microseconds()
  end
  table.sort(times)
  return times
end

local function main()
  local count, seconds = tonumber(io.args()[1] or 1000), tonumber(io.args()[2] or 1)
  local me, back, pids = process.pid(), process.listen("back"), {}
  local before = system.memory.stats().sys
  for i = 1, count do pids[i] = assert(process.spawn_linked("idle:idler", "idle:processes", me)) end
  ping(pids, back)
  local bytes = (system.memory.stats().sys - before) // count

  local busy = busy_ns()
  time.sleep(seconds * time.SECOND)
  local idle_cpu = (busy_ns() - busy) / (seconds * 1e9) * 100

  local times = ping(pids, back)
  if not times then return nil, "a token came back wrong" end
  io.print(string.format("%d processes, %d bytes each, %.2f %% of a core while idle", count, bytes, idle_cpu))
  io.print(string.format("through %d of them: p50 %d us, p99 %d us", HOPS, percentile(times, 0.5), percentile(times, 0.99)))
  for _, pid in ipairs(pids) do
    process.unlink(pid)
    assert(process.terminate(pid))
  end
end

return { main = main }
