-- What a receive is given beside the channel counts for nothing, however the value comes.
local ch, buffered, topic = channel.new(), channel.new(2), process.listen("topic")

local function check(expected, ...)
  assert(select("#", ...) == 2)
  local value, ok = ...
  assert(value == expected and ok == (expected ~= nil), tostring(value) .. ", " .. tostring(ok))
end

buffered:send("kept")
check("kept", buffered:receive(1, 2, 3))

-- a sender waits
coroutine.spawn(function() ch:send("from a sender") end)
coroutine.yield()
check("from a sender", ch:receive(nil, ch, {}))

-- the receiver waits
coroutine.spawn(function() ch:send("to a receiver") end)
check("to a receiver", ch:receive("x", "y"))

-- from outside: at once, and waiting; small, large, too large to be decoded at once
local me, long = process.pid(), {}
for i = 1, 40000 do long[i] = i end
for _, message in ipairs({ 1, 7.5, "text", string.rep("long", 1000), { key = "value" }, { 1, { 2 } }, long }) do
  for turn = 1, 2 do
    local value, ok
    if turn == 1 then
      process.send(me, "topic", message)
      value, ok = topic:receive(ch, 2, "three")
    else
      coroutine.spawn(function() process.send(me, "topic", message) end)
      value, ok = topic:receive(ch, 2, "three")
    end
    assert(ok == true and type(value) == type(message))
    assert(type(message) == "table" and #value == #message and value.key == message.key or value == message)
  end
end

-- several values, and none
process.send(me, "topic", 1, "two")
local pair = topic:receive(false)
assert(#pair == 2 and pair[1] == 1 and pair[2] == "two")
process.send(me, "topic")
local none, ok = topic:receive(false)
assert(none == nil and ok == true)

ch:close()
check(nil, ch:receive(1, 2))

-- closed while one waits
local closing = channel.new()
coroutine.spawn(function() closing:close() end)
check(nil, closing:receive(1, 2))
