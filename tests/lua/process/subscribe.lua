-- subscribe and unsubscribe with several topics: spec 6.11.
local me = process.pid()

-- one channel, several topics: order of arrival across them
process.send(me, "b", "before")
local ch = channel.new(0)
assert(subscribe("a", ch) == ch and subscribe("b", ch) == ch and subscribe("@system like", ch) == ch)
assert(subscribe("a", ch) == ch, "again is fine")
assert(ch:receive() == "before")
for i = 1, 100 do process.send(me, i % 3 == 0 and "b" or "a", i) end
for i = 1, 100 do assert(ch:receive() == i) end

-- a topic belongs to one channel
local other = channel.new(1)
local none, err = subscribe("b", other)
assert(none == nil and errors.is(err, errors.ALREADY_EXISTS))
assert(process.listen("b") == ch, "listen gives the channel that has the topic")

-- what nobody took goes back, to whoever asks then
for i = 1, 10 do process.send(me, i % 2 == 0 and "b" or "a", i) end
assert(ch:receive() == 1)
assert(unsubscribe(ch) == true)
assert(select(2, ch:receive()) == false)
none, err = unsubscribe(ch)
assert(none == false and err)
assert(subscribe("b", other) == other)
for i = 2, 10, 2 do assert(other:receive() == i) end
local inbox = process.inbox()
for i = 3, 9, 2 do
    local m = inbox:receive()
    assert(m:topic() == "a" and m:payload():data() == i)
end

-- a listened topic and another one together; waiting receivers wake for either
local heard = process.listen("heard", { message = true })
assert(subscribe("also", heard) == heard)
coroutine.spawn(function() process.send(me, "also", 5) end)
local m = heard:receive()
assert(m:topic() == "also" and m:payload():data() == 5)
process.send(me, "heard", 6)
assert(heard:receive():topic() == "heard")
assert(process.unlisten(heard))
process.send(me, "also", 7)
assert(inbox:receive():payload():data() == 7)

-- channels that the runtime feeds otherwise cannot take topics
for _, fed in ipairs { inbox, process.events() } do
    none, err = subscribe("x", fed)
    assert(none == nil and errors.is(err, errors.INVALID), tostring(err))
end

-- many topics on one channel
local many = channel.new()
for i = 1, 2000 do assert(subscribe("topic" .. i, many) == many) end
for i = 2000, 1, -1 do process.send(me, "topic" .. i, i) end
for i = 2000, 1, -1 do assert(many:receive() == i) end
assert(unsubscribe(many))

-- wrong arguments
assert(not pcall(subscribe) and not pcall(subscribe, "x") and not pcall(subscribe, {}, other) and not pcall(unsubscribe, 1))
none, err = subscribe("", other)
assert(none == nil and errors.is(err, errors.INVALID))
