-- Starts `count` cells, shows what each costs, and lets all of them exchange messages for a while.
local io = require("io")
local system = require("system")
local time = require("time")

local GROUP = 1000

local function start(count)
  local keepers = {}
  while count > 0 do
    local share = math.min(count, GROUP)
    keepers[#keepers + 1] = assert(process.spawn_monitored("million:keeper", "million:processes", process.pid(), share))
    count = count - share
  end
  return keepers
end

local function tell(keepers, topic)
  for _, keeper in ipairs(keepers) do process.send(keeper, topic) end
end

-- Adds up a number from every keeper; nil when it is time to stop. A keeper that fails, say because memory is out, fails this process.
local function gather(keepers, numbers, events)
  local sum, cases = 0, { numbers:case_receive(), events:case_receive() }
  for _ = 1, #keepers do
    local got = channel.select(cases)
    if got.channel == events then
      if got.value.kind == process.event.EXIT then error(got.value.result.error) end
      return nil
    end
    sum = sum + got.value
  end
  return sum
end

-- Once a second or so: how many messages there were. Keepers answer when they have a moment, so it may take longer.
local function show(seconds, keepers, messages, events)
  local began, last = time.now(), time.now()
  while last:sub(began):seconds() < seconds do
    time.sleep("1s")
    tell(keepers, "ask")
    local count = gather(keepers, messages, events)
    if not count then return end
    local now = time.now()
    io.print(string.format("%9.0f messages/s", count / now:sub(last):seconds()))
    last = now
  end
end

local function main()
  local args = io.args()
  local count, seconds = math.tointeger(tonumber(args[1] or 1000000)), math.tointeger(tonumber(args[2] or 10))
  if not count or not seconds or count < 1 or seconds < 1 then return nil, "usage: moonlet run million [count [seconds]]" end

  local live, messages, events = process.listen("live"), process.listen("messages"), process.events()
  local bytes_before = system.memory.stats().sys
  local began = time.now()
  local keepers = start(count)
  local started = gather(keepers, live, events)
  if not started then return end
  local took = time.now():sub(began):seconds()
  io.print(string.format("%d processes live", started))
  io.print(string.format("%d bytes each, started in %.1f s; Ctrl-C stops, or %d s", (system.memory.stats().sys - bytes_before) // started,
    took, seconds))

  tell(keepers, "go")
  show(seconds, keepers, messages, events)
  io.print("stopping")
end

return { main = main }
