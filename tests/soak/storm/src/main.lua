-- Ends victims in all ways, round after round, and checks every death: exactly one EXIT for each, with the right result, the
-- name free again, the linked partner dead too where the victim failed, all others alive.
local io, system, time = require("io"), require("system"), require("time")

local GROWTH_BYTES = 16 * 1024 * 1024
local ENDINGS = { "error", "nested", "normal", "wait", "terminate", "spin" }

local events, pongs, dying
local victims = {} -- index -> pid

local function start(index)
  victims[index] = assert(process.spawn_monitored("storm:victim", "storm:processes", "victim " .. index))
end

-- Asks the victim for a sign of life by its name; returns its partner.
local function check_alive(index, round)
  local name = "victim " .. index
  local ok, err = process.send(name, "ping", round)
  while not ok do -- it has not registered yet
    assert(err:kind() == errors.NOT_FOUND, tostring(err))
    time.sleep("1ms")
    ok, err = process.send(name, "ping", round)
  end
  local answer = pongs:receive()
  assert(answer[1] == name and answer[3] == round)
  return answer[2]
end

local function exit_of(pid)
  local event = events:receive()
  assert(event.kind == process.event.EXIT, "not an EXIT: " .. tostring(event.kind))
  assert(event.from == pid, "the EXIT of somebody else")
  return event.result
end

local function kill(index, ending)
  local pid = victims[index]
  if ending ~= "terminate" then
    assert(process.send(pid, "die", ending))
    assert(dying:receive() == "victim " .. index)
  end
  if ending == "terminate" or ending == "wait" or ending == "spin" then assert(process.terminate(pid)) end
  local result = exit_of(pid)
  if ending == "normal" then
    assert(result.error == nil and result.value == "told to return")
  else
    assert(result.error, "no error in the result of " .. ending)
  end
  assert(not process.registry.lookup("victim " .. index), "the name outlived its owner")
  assert(not process.send(pid, "die", "error"), "a dead process took a message")
end

local function await_death(pid)
  while process.send(pid, "are you there") do time.sleep("1ms") end
end

local function round_of(count, round)
  local index = round * 7 % count + 1
  local ending = ENDINGS[round % #ENDINGS + 1]
  local partner = check_alive(index, round)
  kill(index, ending)
  if ending ~= "normal" then await_death(partner) else process.send(partner, "end", 0) end
  start(index)
  check_alive((index + 1) % count + 1, round)
end

-- What all heaps have mapped; resident bytes would count a sanitizer's shadow too.
local function memory_bytes()
  system.gc.collect()
  return system.memory.stats().heap_sys
end

local function main()
  local count, seconds = tonumber(io.args()[1] or 20), tonumber(io.args()[2] or 2)
  events, pongs, dying = process.events(), process.listen("pong"), process.listen("dying")
  for index = 1, count do start(index) end

  local began, round, early = time.now(), 0, nil
  local function elapsed() return time.now():sub(began):seconds() end
  repeat
    round = round + 1
    round_of(count, round)
    if not early and elapsed() > seconds / 4 then early = memory_bytes() end
  until elapsed() > seconds and round >= 2 * #ENDINGS
  local growth = memory_bytes() - early

  for _, pid in pairs(victims) do assert(process.terminate(pid)) end
  for _ = 1, count do assert(events:receive().kind == process.event.EXIT) end
  local extra = channel.select({ events:case_receive(), default = true })
  assert(extra.default, "an EXIT too many")
  io.print(string.format("%d processes, %d deaths, memory grew by %d KB", count, round, growth // 1024))
  if growth > GROWTH_BYTES then return nil, "memory grows" end
end

return { main = main }
