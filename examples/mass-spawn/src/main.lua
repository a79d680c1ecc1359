-- Starts `count` tickers in groups of 1,000, each group under a collector, and shows once a second what the runtime does.
local io = require("io")
local system = require("system")
local time = require("time")

local GROUP = 1000

-- Per worker "steals/preemptions" of the last second.
local function worker_figures(before)
  local now, texts = system.workers(), {}
  for i, worker in ipairs(now) do
    local old = before[i] or { steals = 0, preemptions = 0 }
    texts[i] = string.format("%d/%d", worker.steals - old.steals, worker.preemptions - old.preemptions)
  end
  return now, table.concat(texts, " ")
end

local function live_processes()
  local live = 0
  for _, host in ipairs(system.hosts.list()) do live = live + host.processes end
  return live
end

local function start(count)
  local collectors = {}
  while count > 0 do
    local share = math.min(count, GROUP)
    collectors[#collectors + 1] = assert(process.spawn_monitored("mass:collector", "mass:processes", share))
    count = count - share
  end
  return collectors
end

-- CANCEL: somebody pressed Ctrl-C. EXIT: a collector failed, say because memory is out.
local function stop_for(event)
  if event.kind == process.event.EXIT then error(event.result.error) end
  return nil
end

-- Asks all collectors at once; they answer when all their tickers run. Returns tickers and ticks since the last time, or
-- nil when it is time to stop.
local function ask(collectors, answers, events)
  local tickers, ticks = 0, 0
  local cases = { answers:case_receive(), events:case_receive() }
  for _, collector in ipairs(collectors) do process.send(collector, "ask") end
  for _ = 1, #collectors do
    local got = channel.select(cases)
    if got.channel == events then return stop_for(got.value) end
    tickers, ticks = tickers + got.value[1], ticks + got.value[2]
  end
  return tickers, ticks
end

local function show(seconds, collectors, answers, events, bytes_before)
  io.print(string.format("%9s %9s %12s  %s", "live", "messages", "bytes/proc", "steals/preemptions per worker"))
  local workers, text = worker_figures({})
  local second = time.ticker("1s"):channel()
  local cases = { second:case_receive(), events:case_receive() }
  local total = 0
  for _ = 1, seconds do
    local got = channel.select(cases)
    if got.channel == events then
      stop_for(got.value)
      break
    end
    local tickers, ticks = ask(collectors, answers, events)
    if not tickers then break end
    total = total + ticks
    workers, text = worker_figures(workers)
    local bytes = (system.memory.stats().sys - bytes_before) // tickers
    io.print(string.format("%9d %9d %12d  %s", live_processes(), ticks, bytes, text))
  end
  return total
end

local function main()
  local args = io.args()
  local count, seconds = math.tointeger(tonumber(args[1] or 100000)), math.tointeger(tonumber(args[2] or 20))
  if not count or not seconds or count < 1 or seconds < 1 then
    return nil, "usage: moonlet run mass-spawn [count [seconds]]"
  end

  local answers, events = process.listen("answer"), process.events()
  local bytes_before = system.memory.stats().sys
  local began = time.now()
  local collectors = start(count)
  local started = ask(collectors, answers, events)
  if not started then return end
  local took = time.now():sub(began):milliseconds()
  io.print(string.format("%d processes started", started))
  io.print(string.format("in %d ms; Ctrl-C stops, or %d s", took, seconds))

  if show(seconds, collectors, answers, events, bytes_before) == 0 then return nil, "no ticker has ticked" end
  io.print("stopping")
end

return { main = main }
