-- inbox, listen, unlisten, routing: spec 6.4.
local function main()
    local me = process.pid()
    local function poll(ch)
        return channel.select { ch:case_receive(), default = true }
    end
    -- rule 3: stays in the mailbox, in order, until a subscription is added
    for i = 1, 3 do process.send(me, "early", i) end
    process.send(me, "other", "o")
    local early = process.listen("early")
    assert(process.listen("early") == early, "the same channel per topic")
    for i = 1, 3 do assert(early:receive() == i) end
    assert(poll(early).default)

    -- rule 2: inbox gets what has no listener; a poll on a capacity-0 channel sees it
    local inbox = process.inbox()
    assert(process.inbox() == inbox)
    local msg = poll(inbox).value
    assert(msg:topic() == "other" and msg:from() == me and msg:payload():data() == "o")
    assert(tostring(msg) == "process.Message{topic=other}")
    assert(type(msg) == "userdata" and type(msg.topic) == "function" and msg.nothing == nil)
    assert(poll(inbox).default)

    -- payload: none, one, several
    process.send(me, "p0")
    process.send(me, "p1", { 1 })
    process.send(me, "p2", "a", "b")
    assert(inbox:receive():payload() == nil)
    local one = inbox:receive():payload()
    assert(one:data()[1] == 1 and one:data()[1] == 1)
    local many = inbox:receive():payload()
    assert(type(many) == "table" and #many == 2 and many[1]:data() == "a" and many[2]:data() == "b")

    -- the topic name "inbox" is not special
    local named = process.listen("inbox")
    process.send(me, "inbox", 5)
    assert(named:receive() == 5)

    -- Message mode
    local wrapped = process.listen("wrapped", { message = true })
    process.send(me, "wrapped", 1)
    local m = wrapped:receive()
    assert(m:topic() == "wrapped" and m:payload():data() == 1 and m:from() == me)
    assert(process.listen("wrapped") == wrapped)
    process.send(me, "wrapped", 2)
    assert(wrapped:receive():payload():data() == 2, "the first mode stays")

    -- unlisten: closes the channel; undelivered messages are unclaimed again, in their old place
    local a = process.listen("a")
    process.send(me, "b", "b1")
    process.send(me, "a", "a1")
    process.send(me, "b", "b2")
    process.send(me, "a", "a2")
    assert(process.unlisten(a) == true)
    local v, ok = a:receive()
    assert(v == nil and ok == false)
    local order = {}
    for i = 1, 4 do order[i] = inbox:receive():payload():data() end
    assert(table.concat(order, " ") == "b1 a1 b2 a2", table.concat(order, " "))
    local again, err = process.unlisten(a)
    assert(again == false and err:kind() == errors.NOT_FOUND)
    again, err = process.unlisten(channel.new())
    assert(again == false and err)
    assert(not pcall(process.unlisten, 1))

    -- a waiting receiver of an unlistened channel gets nil, false
    local w = process.listen("w")
    local seen
    coroutine.spawn(function() seen = table.pack(w:receive()) end)
    process.unlisten(w)
    coroutine.yield()
    assert(seen.n == 2 and seen[1] == nil and seen[2] == false)

    -- bad topics
    for _, topic in ipairs { "", "@system" } do
        local none, e = process.listen(topic)
        assert(none == nil and e:kind() == errors.INVALID)
    end
    assert(not pcall(process.listen))
    assert(not pcall(process.listen, {}))
    assert(not pcall(process.listen, "x", 5))

    -- many topics at once: order within each, order of the rest
    local listens = {}
    for i = 1, 200 do listens[i] = process.listen("topic" .. i) end
    for round = 1, 5 do
        for i = 1, 200 do process.send(me, "topic" .. i, round) end
    end
    for round = 1, 5 do
        for i = 200, 1, -1 do assert(listens[i]:receive() == round) end
    end
    for i = 1, 200 do assert(process.unlisten(listens[i])) end

    -- subscribe / unsubscribe
    local own = channel.new(4)
    assert(subscribe("sub", own) == own)
    process.send(me, "sub", "s")
    assert(own:receive() == "s")
    local none, e = subscribe("sub", channel.new())
    assert(none == nil and e:kind() == errors.ALREADY_EXISTS)
    assert(unsubscribe(own) == true)
    assert(select(2, own:receive()) == false)
    none, e = unsubscribe(own)
    assert(none == false and e)
    none, e = subscribe("sub", own)
    assert(none == nil and e:kind() == errors.INVALID and e:message() == "channel is closed")
end
return { main = main }
