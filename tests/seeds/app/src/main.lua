-- Runs everything at once and checks: messages are neither lost nor doubled, those of one sender keep their order, every death is
-- told exactly once, nobody is left behind. That no wake-up is lost shows in that it ends; that no operation is left, run.sh sees.
local digest, io, system, time = require("digest"), require("io"), require("system"), require("time")

local HOST, NODES, NUMBERS = "seeds:processes", 5, 8
local ENDINGS = { "value", "raise", "failure", "object", "coroutine", "terminate", "spin", "cancel", "deadlock", "timeout",
                  "memory", "link" }
local FINE = { value = true, timeout = true, cancel = true }

local sum = digest.new()
local deaths = {} -- pid -> { what, [words =, fine =] } of everybody who is monitored
local expected, messages = 0, 0

local function watch(what, entry, host, ...)
  local pid = assert(process.spawn_monitored(entry, host, ...))
  assert(not deaths[pid], "two processes with one PID")
  deaths[pid] = { what = what, words = 0, said = 0 }
  expected = expected + 1
  return pid
end

local function start_mesh()
  local nodes = {}
  for i = 1, NODES do nodes[i] = watch("node", "seeds:node", HOST, process.pid(), NUMBERS) end
  for i, node in ipairs(nodes) do
    assert(process.send(node, "peers", { nodes[i % NODES + 1], nodes[(i + 1) % NODES + 1], node }))
  end
  return nodes
end

local function start_victim(ending)
  local words = math.random(0, 3)
  local host = ending == "memory" and "seeds:tight" or HOST
  local pid = watch("victim", "seeds:victim", host, process.pid(), ending, words)
  deaths[pid].words, deaths[pid].ending = words, ending
  if ending == "terminate" or ending == "spin" then
    coroutine.spawn(function()
      time.sleep(math.random(3000) .. "us")
      assert(process.terminate(pid))
    end)
    deaths[pid].words = nil
  elseif ending == "cancel" then
    assert(process.cancel(pid, "enough"))
  end
end

local function start_refused()
  local pid, err = process.spawn_linked_monitored("seeds:broken", HOST)
  assert(not pid and err:message():find("broken after a sum"), "a broken program was started")
end

local function read_some()
  sum.add(io.readline() or "no more")
end

-- What each process may do, in an order that the seed decides.
local function start_all()
  local starts, nodes = { read_some, read_some, start_refused }, nil
  starts[#starts + 1] = function() nodes = start_mesh() end
  starts[#starts + 1] = function() watch("trapper", "seeds:trapper", HOST) end
  starts[#starts + 1] = function() deaths[watch("solo", "seeds:solo", HOST)].keep = true end
  for _ = 1, 3 do starts[#starts + 1] = function() watch("claimant", "seeds:claimant", HOST, process.pid()) end end
  for _, ending in ipairs(ENDINGS) do starts[#starts + 1] = function() start_victim(ending) end end
  while #starts > 0 do table.remove(starts, math.random(#starts))() end
  return nodes
end

local function check_end(event)
  local death = deaths[event.from]
  assert(event.kind == process.event.EXIT, "not an EXIT: " .. event.kind)
  assert(death and not death.ended, "an EXIT too many")
  death.ended = true
  local problem = event.result.error
  if death.what == "victim" then
    assert((problem == nil) == (FINE[death.ending] or false), death.ending .. ": the wrong result: " .. tostring(problem))
    assert(not death.words or death.said == death.words, death.ending .. ": words came after the EXIT or never")
  elseif death.what ~= "claimant" then
    assert(not problem, death.what .. ": " .. tostring(problem))
  end
  sum.add(death.what, death.ending or "", tostring(problem), tostring(event.result.value), event.at)
end

local function check_word(message)
  local death, number = deaths[message:from()], message:payload():data()
  if not death then return end -- a partner of a victim, in whose words nobody is interested
  assert(not death.ended and number == death.said + 1, "words in the wrong order")
  death.said = number
end

-- Five processes on a host for four: the spawner lives on, and so does the host when one has ended.
local function check_full_host()
  local events, pids, err = process.events(), {}, nil
  repeat
    local pid
    pid, err = process.spawn_monitored("seeds:victim", "seeds:tight", process.pid(), "cancel", 0)
    pids[#pids + 1] = pid
  until not pid
  assert(#pids == 4 and err:kind() == errors.RATE_LIMITED, tostring(err))
  for _, pid in ipairs(pids) do assert(process.cancel(pid)) end
  for _ = 1, 4 do assert(events:receive().kind == process.event.EXIT) end
  local waits = 0
  while #system.hosts.processes("seeds:tight") > 0 do
    time.sleep("1ms")
    waits = waits + 1
    assert(waits < 1000, "the host does not get empty")
  end
  pids[5] = assert(process.spawn_monitored("seeds:victim", "seeds:tight", process.pid(), "value", 0))
  assert(events:receive().from == pids[5])
end

local function check_nobody_left()
  for _ = 1, 1000 do
    if #system.hosts.processes(HOST) + #system.hosts.processes("seeds:tight") == 0 then return end
    time.sleep("1ms")
  end
  error("processes are left behind")
end

local function main()
  local events, words = process.events(), process.listen("word", { message = true })
  local sent, received, claimed = process.listen("sent"), process.listen("received"), process.listen("claimed")
  local nodes = start_all()
  local cases = { words:case_receive(), sent:case_receive(), received:case_receive(), claimed:case_receive(),
                  events:case_receive() }
  local finished, balance, claims = 0, 0, 0
  while expected > 0 do
    local got = channel.select(cases)
    if got.channel == words then
      check_word(got.value)
      sum.add("word")
    elseif got.channel == sent then
      finished, balance, messages = finished + 1, balance + got.value, messages + got.value
      if finished == NODES then
        -- Whatever was sent is in the receivers' mailboxes now, before "drain".
        for _, node in ipairs(nodes) do assert(process.send(node, "drain")) end
      end
      sum.add("sent")
    elseif got.channel == received then
      balance = balance - got.value[1]
      sum.add(got.value[1], got.value[2])
    elseif got.channel == claimed then
      claims = claims + 1
    else
      check_end(got.value)
      expected = expected - 1
    end
  end
  assert(messages == NODES * 3 * NUMBERS and balance == 0, "messages were lost or doubled")
  assert(claims == 3, "the name was not had by all")
  check_full_host()
  check_nobody_left()
  assert(channel.select({ events:case_receive(), default = true }).default, "an event too many")
  for _, death in pairs(deaths) do sum.add(death.what) end
  io.print("digest " .. sum.text())
end

return { main = main }
