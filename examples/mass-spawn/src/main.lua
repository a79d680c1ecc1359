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
    collectors[#collectors + 1] = assert(process.spawn("mass:collector", "mass:processes", share))
    count = count - share
  end
  return collectors
end

-- Asks all collectors at once; they answer when all their tickers run. Returns tickers and ticks since the last time.
local function ask(collectors, answers)
  local tickers, ticks = 0, 0
  for _, collector in ipairs(collectors) do assert(process.send(collector, "ask")) end
  for _ = 1, #collectors do
    local answer = answers:receive()
    tickers, ticks = tickers + answer[1], ticks + answer[2]
  end
  return tickers, ticks
end

local function main()
  local args = io.args()
  local count, seconds = tonumber(args[1] or 100000), tonumber(args[2] or 20)
  if not count or not seconds or count < 1 or seconds < 1 then
    return nil, "usage: moonlet run mass-spawn [count [seconds]]"
  end

  local answers, events = process.listen("answer"), process.events()
  local bytes_before = system.memory.stats().sys
  local began = time.now()
  local collectors = start(count)
  local started = ask(collectors, answers)
  local took = time.now():sub(began):milliseconds()
  io.print(string.format("%d processes started", started))
  io.print(string.format("in %d ms; Ctrl-C stops, or %d s", took, seconds))
  io.print(string.format("%9s %9s %12s  %s", "live", "messages", "bytes/proc", "steals/preemptions per worker"))

  local workers, text = worker_figures({})
  local tick = time.ticker("1s"):channel()
  local cases = { tick:case_receive(), events:case_receive() }
  local total = 0
  for _ = 1, seconds do
    if channel.select(cases).channel == events then break end
    local _, ticks = ask(collectors, answers)
    total = total + ticks
    workers, text = worker_figures(workers)
    local live = live_processes()
    local bytes = (system.memory.stats().sys - bytes_before) // started
    io.print(string.format("%9d %9d %12d  %s", live, ticks, bytes, text))
  end
  if total == 0 then return nil, "no ticker has ticked" end
  io.print("stopping")
end

return { main = main }
