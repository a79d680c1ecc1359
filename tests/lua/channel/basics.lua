-- channel.new, send, receive, close: the rows of spec actor-core 4.
local function main()
    local ch = channel.new(2)
    assert(type(ch) == "userdata" and type(ch.send) == "function" and ch.unknown == nil)
    assert(ch == ch and ch ~= channel.new(2))
    assert(ch:send("a") == true and ch:send(nil) == true)
    local v, ok = ch:receive()
    assert(v == "a" and ok == true)
    v, ok = ch:receive()
    assert(v == nil and ok == true, "a nil value is a value")

    -- values stay the same object
    local t = {}
    ch:send(t)
    assert(ch:receive() == t)

    -- after close the rest is delivered, then nil, false for ever
    ch:send(1)
    ch:send(2)
    assert(select("#", ch:close()) == 0)
    ch:close() -- no-op
    assert(ch:receive() == 1 and ch:receive() == 2)
    for _ = 1, 2 do
        v, ok = ch:receive()
        assert(v == nil and ok == false)
    end
    local fine, err = pcall(ch.send, ch, 3)
    assert(not fine and tostring(err):find("send on closed channel", 1, true))

    -- capacity: default 0, negative is 0, FIFO wraps around
    assert(tostring(channel.new(-3)):find("cap=0", 1, true))
    assert(tostring(channel.new()):find("cap=0", 1, true))
    local ring = channel.new(3)
    for round = 0, 9 do
        for i = 1, 3 do ring:send(round * 3 + i) end
        for i = 1, 3 do assert(ring:receive() == round * 3 + i) end
    end
end
return { main = main }
