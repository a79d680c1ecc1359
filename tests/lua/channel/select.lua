-- channel.select: spec 4.2.
local function main()
    local a, b = channel.new(1), channel.new(1)

    -- default, both forms
    local r = channel.select { a:case_receive(), default = true }
    assert(r.default == true and r.ok == true and r.channel == nil and r.value == nil)
    r = channel.select({ a:case_receive() }, true)
    assert(r.default == true)
    r = channel.select({ default = true })
    assert(r.default == true)

    -- the first ready case in array order wins, always
    for _ = 1, 20 do
        a:send(1)
        b:send(2)
        r = channel.select { b:case_receive(), a:case_receive() }
        assert(r.channel == b and r.value == 2 and r.ok == true)
        r = channel.select { b:case_receive(), a:case_receive() }
        assert(r.channel == a and r.value == 1 and r.ok == true)
    end

    -- cases are reusable objects
    local cases = { a:case_receive(), b:case_send("v") }
    assert(type(cases[1]) == "userdata")
    r = channel.select(cases)
    assert(r.channel == b and r.value == "v" and r.ok == true)
    assert(b:receive() == "v")
    r = channel.select(cases)
    assert(r.channel == b and b:receive() == "v")

    -- nil is a value; a send case of nil
    a:send(nil)
    r = channel.select { a:case_receive() }
    assert(r.ok == true and r.value == nil and r.channel == a)
    r = channel.select { a:case_send(nil) }
    assert(r.ok == true and r.value == nil)
    assert(select(2, a:receive()) == true)

    -- a closed channel is ready for receive; never for send
    local closed = channel.new()
    closed:close()
    r = channel.select { closed:case_receive() }
    assert(r.ok == false and r.value == nil and r.channel == closed)
    r = channel.select { closed:case_send(1), default = true }
    assert(r.default == true)

    -- waiting: the first event completes it and takes it off all other channels
    local x, y = channel.new(), channel.new()
    coroutine.spawn(function() y:send("first") end)
    r = channel.select { x:case_receive(), y:case_receive() }
    assert(r.channel == y and r.value == "first" and r.ok)
    local done
    coroutine.spawn(function() done = channel.select { x:case_receive(), y:case_receive() } end)
    x:send("one")
    coroutine.yield()
    assert(done.channel == x and done.value == "one")
    r = channel.select { y:case_send("nobody"), default = true }
    assert(r.default, "the waiter must have left y")

    -- waiting send cases, several values
    local got
    coroutine.spawn(function()
        local s = channel.select { x:case_send("sx"), y:case_send("sy") }
        got = s
    end)
    assert(y:receive() == "sy")
    coroutine.yield()
    assert(got.channel == y and got.value == "sy" and got.ok == true)

    -- closed while waiting: receive case gets ok = false; send case nil, err
    local z = channel.new()
    local res
    coroutine.spawn(function() res = channel.select { x:case_receive(), z:case_receive() } end)
    z:close()
    assert(res.ok == false and res.channel == z and res.value == nil)
    local w = channel.new()
    local out
    coroutine.spawn(function() out = table.pack(channel.select { w:case_send(1) }) end)
    w:close()
    assert(out[1] == nil and tostring(out[2]) == "send on closed channel")

    -- two waiters of one channel: FIFO between select and receive
    local q = channel.new()
    local order = {}
    coroutine.spawn(function() local r2 = channel.select { q:case_receive() } order[#order + 1] = "s" .. r2.value end)
    coroutine.spawn(function() local v = q:receive() order[#order + 1] = "r" .. v end)
    q:send(1)
    q:send(2)
    coroutine.yield()
    assert(table.concat(order, " ") == "s1 r2", table.concat(order, " "))

    -- the same channel twice
    local twice
    coroutine.spawn(function() twice = channel.select { q:case_receive(), q:case_receive() } end)
    q:send("t")
    coroutine.yield()
    assert(twice.value == "t" and twice.channel == q)
    assert(channel.select({ q:case_send(1) }, true).default)
end
return { main = main }
