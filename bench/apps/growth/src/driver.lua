-- Lets the number of live processes grow tenfold again and again and measures each time; sends the results to its parent.
local time = require("time")

local FIRST = 1000 -- so many processes live at the first measurement, or all if they are fewer
local PORTIONS = 9 -- of a measurement; the median counts, so that what happens once, as the doubling of a large table, does not decide

-- Nanoseconds per each of `count` things that `work` does.
local function measure(count, work)
  local took = {}
  for i = 1, PORTIONS do
    local began = time.now()
    work(count)
    took[i] = time.now():sub(began):seconds()
  end
  table.sort(took)
  return took[(PORTIONS + 1) // 2] * 1e9 / count
end

local function grow(pids, count)
  for i = #pids + 1, count do pids[i] = assert(process.spawn("bench:idler", "bench:processes")) end
end

-- Others come and go beside those that live.
local function spawn_and_end(done, count)
  local sum = 0
  for _ = 1, count do assert(process.spawn("bench:child", "bench:processes", process.pid())) end
  for _ = 1, count do sum = sum + done:receive() end
  assert(sum == count, "lost messages")
end

-- Messages to processes all over, and their answers.
local function send_around(pids, alive, count)
  local sum = 0
  for i = 1, count do assert(process.send(pids[i * 7919 % #pids + 1], "hello", i)) end
  for _ = 1, count do sum = sum + alive:receive() end
  assert(sum == count * (count + 1) // 2, "lost or doubled messages")
end

local function set_timers(count)
  local timers = {}
  for i = 1, count do timers[i] = time.timer("1h") end
  for i = 1, count do assert(timers[i]:stop()) end
end

local function main(parent, most)
  local done, alive, pids = process.listen("done"), process.listen("alive"), {}
  local live, count = math.min(FIRST, most), math.min(20000, most)
  spawn_and_end(done, 1) -- code is compiled
  while true do
    grow(pids, live)
    send_around(pids, alive, #pids) -- all have begun
    process.send(parent, "result", "spawn", live, measure(count, function(n) spawn_and_end(done, n) end))
    process.send(parent, "result", "send", live, measure(count, function(n) send_around(pids, alive, n) end))
    process.send(parent, "result", "timer", live, measure(count, set_timers))
    if live == most then break end
    live = math.min(live * 10, most)
  end
  for _, pid in ipairs(pids) do process.terminate(pid) end
end

return { main = main }
