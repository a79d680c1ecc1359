-- modules: funcs, time
-- The kinds of pools: how many states they make, who waits, in what order, what lasts.
local funcs, time = require("funcs"), require("time")
local runs, me = process.listen("runs"), process.pid()

local function nothing_runs()
  assert(channel.select{ runs:case_receive(), time.after("20ms"):case_receive() }.channel ~= runs)
end

-- Starts calls, sees that `most` of them run at a time, in order, and lets all go one after the other. Returns how many states served.
local function fill(id, count, most)
  local futures, running, states, served = {}, {}, {}, 0
  for i = 1, count do futures[i] = assert(funcs.async(id, me, i)) end
  local function take(number)
    local run = runs:receive()
    if number then assert(run.number == number, id .. ": " .. run.number .. ", not " .. number) end
    running[#running + 1] = run.pid
    if not states[run.state] then states[run.state], served = true, served + 1 end
    return run.number
  end
  local first = {}
  for _ = 1, math.min(most, count) do first[take()] = true end
  for i = 1, math.min(most, count) do assert(first[i], id) end
  if count > most then nothing_runs() end
  for i = most + 1, count do -- who waits longest comes first
    process.send(table.remove(running, 1), "go", true)
    take(i)
  end
  for _, pid in ipairs(running) do process.send(pid, "go", true) end
  for i = 1, count do assert(futures[i]:channel():receive():data() == i) end
  return served
end

assert(fill("test:pool_lazy", 20, 16) == 16)
assert(fill("test:pool_lazy", 3, 16) <= 3)
assert(fill("test:pool_lazy3", 10, 3) == 3)
assert(fill("test:pool_adaptive", 10, 5) == 5)
assert(fill("test:pool_size2", 10, 2) == 2)
assert(fill("test:pool_workers", 10, 2) == 2)
assert(fill("test:pool_maxsize", 10, 2) == 2)
assert(fill("test:pool_static2", 5, 2) == 2)

-- inline: every call has a state of its own, and none waits
assert(fill("test:pool_inline", 40, 40) == 40)
for _ = 1, 3 do
  local future = funcs.async("test:pool_inline", me, 1)
  local run = runs:receive()
  assert(run.calls == 1)
  process.send(run.pid, "go", true)
  future:channel():receive()
end

-- a full queue blocks the caller, asynchronous ones too, until there is room
for _, how in ipairs{ "async", "call" } do
  local id, started, finished = "test:pool_static2", 0, channel.new(10)
  for i = 1, 8 do
    coroutine.spawn(function()
      if how == "call" then finished:send(assert(funcs.call(id, me, i))) return end
      local future = assert(funcs.async(id, me, i))
      started = started + 1
      finished:send(future:channel():receive():data())
    end)
  end
  local running = { runs:receive(), (runs:receive()) }
  nothing_runs()
  if how == "async" then assert(started == 5, started) end -- 2 run, 3 wait
  for i = 3, 8 do
    process.send(table.remove(running, 1).pid, "go", true)
    local run = runs:receive()
    assert(run.number == i)
    running[#running + 1] = run
    if how == "async" then
      while started < math.min(8, i + 3) do coroutine.yield() end
      assert(started == math.min(8, i + 3))
    end
  end
  for _, run in ipairs(running) do process.send(run.pid, "go", true) end
  local sum = 0
  for _ = 1, 8 do sum = sum + finished:receive() end
  assert(sum == 36)
end

-- a queue without any room
do
  local id, finished = "test:pool_unbuffered", channel.new(10)
  for i = 1, 4 do coroutine.spawn(function() finished:send(funcs.async(id, me, i):channel():receive():data()) end) end
  for i = 1, 4 do
    local run = runs:receive()
    assert(run.number == i)
    process.send(run.pid, "go", true)
  end
  for _ = 1, 4 do finished:receive() end
end

-- callers that go away while they wait leave the queue
do
  local id = "test:pool_static2"
  local blockers = { funcs.async(id, me, 1), funcs.async(id, me, 2) }
  local running = { runs:receive(), (runs:receive()) }
  local callers = {}
  for i = 1, 8 do callers[i] = assert(process.spawn("test:queues", "test:processes", id, me, 100 + i)) end
  for _ = 1, 8 do process.listen("asking"):receive() end
  for i = 1, 8 do if i ~= 4 then assert(process.terminate(callers[i])) end end
  for i = 1, 8 do while i ~= 4 and process.send(callers[i], "are you there") do coroutine.yield() end end
  for _, run in ipairs(running) do process.send(run.pid, "go", true) end
  local run = runs:receive()
  assert(run.number == 104)
  process.send(run.pid, "go", true)
  for i = 1, 2 do assert(blockers[i]:channel():receive():data() == i) end
  nothing_runs()
end

-- a canceled future leaves the queue
do
  local blockers = { funcs.async("test:pool_maxsize", me, 1), funcs.async("test:pool_maxsize", me, 2) }
  local running = { runs:receive(), (runs:receive()) }
  local waiting = {}
  for i = 1, 10 do waiting[i] = funcs.async("test:pool_maxsize", me, i) end
  for i = 1, 9 do waiting[i]:cancel() end
  for _, run in ipairs(running) do process.send(run.pid, "go", true) end
  local run = runs:receive()
  assert(run.number == 10)
  process.send(run.pid, "go", true)
  assert(waiting[10]:channel():receive():data() == 10)
  for i = 1, 2 do blockers[i]:channel():receive() end
end
