-- modules: io, time, system
-- imports: arena=test:arena
-- T11: values that are no good messages. A send fails as a whole and says why, or what arrives is what was sent.
local function main()
    local me, ch = process.pid(), process.listen("t")
    local function nothing_waits() assert(channel.select({ ch:case_receive() }, true).default, "part of it was delivered") end
    local function nested(depth, value)
        for _ = 1, depth do value = { value } end
        return value
    end
    local function refused(text, ...)
        local ok, err = process.send(me, "t", ...)
        assert(ok == nil and err:kind() == errors.INVALID and err:message():find(text, 1, true), tostring(err))
        nothing_waits()
        ok, err = process.spawn("test:nothing", "test:processes", ...) -- the same as arguments
        assert(ok == nil and err:kind() == errors.INVALID and err:message():find(text, 1, true), tostring(err))
        system.gc.collect()
    end
    local function passes(value)
        assert(process.send(me, "t", value))
        return (ch:receive())
    end
    arena.open()

    -- depth: 128 tables in each other, and no more
    for _, depth in ipairs { 1, 126, 127, 128 } do
        local got = passes(nested(depth, "end"))
        for _ = 1, depth do got = got[1] end
        assert(got == "end")
    end
    local deep = "deeper than 128"
    for _, depth in ipairs { 129, 130, 200, 100000 } do refused(deep, nested(depth, "end")) end
    refused(deep, { [nested(129, 1)] = true })
    refused(deep, 1, "x", { a = { b = nested(127, {}) } })
    -- a cycle is no depth
    local cycle = nested(100, 1)
    local last = cycle
    while type(last[1]) == "table" do last = last[1] end
    last[1] = cycle
    local got = passes(cycle)
    for _ = 1, 100 do got = got[1] end
    assert(got[1] ~= nil)

    -- size
    refused("16", ("x"):rep(1 << 24))
    refused("16", { ("x"):rep(1 << 23), ("y"):rep(1 << 23) })
    refused("16", nested(100, ("x"):rep(17000000)))
    assert(#passes(("x"):rep(10000000)) == 10000000)
    system.gc.collect()
    -- the same string a thousand times, the same table a hundred thousand times: shared
    local part, many = { "part" }, {}
    for i = 1, 100000 do many[i] = part end
    got = passes(many)
    assert(#got == 100000 and got[1] == got[100000] and got[1][1] == "part")
    -- exponential without sharing
    local t = { 1 }
    for _ = 1, 100 do t = { t, t } end
    got = passes(t)
    assert(got[1] == got[2] and got[1][1] == got[2][2])

    -- many keys
    local keys = {}
    for i = 1, 100000 do keys["k" .. i] = i end
    got = passes(keys)
    local count = 0
    for k, v in pairs(got) do count = count + 1 assert(k == "k" .. v) end
    assert(count == 100000)
    keys, got = nil, nil

    -- numbers at their edges
    got = passes({ 0 / 0, 1 / 0, -1 / 0, -0.0, math.mininteger, math.maxinteger, 2 ^ 53, 1e-320 })
    assert(got[1] ~= got[1] and got[2] == 1 / 0 and got[3] == -1 / 0 and 1 / got[4] == -1 / 0)
    assert(got[5] == math.mininteger and got[6] == math.maxinteger and math.type(got[7]) == "float" and got[8] == 1e-320)

    -- what cannot cross is left out, as value and as key, however much of it there is
    local odd = {}
    for i = 1, 10000 do
        odd[i] = i % 2 == 0 and print or i
        odd[function() return i end] = i
        odd[coroutine.create(print)] = channel.new()
    end
    got = passes(odd)
    count = 0
    for k, v in pairs(got) do count = count + 1 assert(k == v and k % 2 == 1) end
    assert(count == 5000)
    -- metamethods are not called
    local function trap() error("a metamethod was called") end
    local trapped = setmetatable({ 1, 2, x = 3 }, { __index = trap, __newindex = trap, __len = trap, __pairs = trap, __gc = trap, __eq = trap,
        __tostring = trap, __metatable = "locked" })
    got = passes(trapped)
    assert(#got == 2 and got.x == 3 and getmetatable(got) == nil)
    -- many arguments
    local args = {}
    for i = 1, 200000 do args[i] = i end
    assert(process.send(me, "t", table.unpack(args)))
    assert(#ch:receive() == 200000)
    -- a topic that is no topic
    for _, topic in ipairs { ("t"):rep(65535), "a\0b", "\xff\xfe", " " } do
        local topic_channel = assert(process.listen(topic))
        assert(process.send(me, topic, 1))
        assert(topic_channel:receive() == 1)
        process.unlisten(topic_channel)
    end
    local ok, err = process.send(me, ("t"):rep(65536), 1)
    assert(ok == nil and err:kind() == errors.INVALID and err:message():find("topic longer than 65535 bytes", 1, true))
    -- to a destination that is no destination
    for _, to in ipairs { ("x"):rep(1 << 20), "{" .. ("x"):rep(1 << 20) .. "|0x1}", "{test:processes\0\0\0\0\0\0\0\0\0\0\0\0\0\0|0x1}",
        "{test:p\0" .. ("y"):rep(10000) .. "|0x1}", "{|0x}", "{||||}", "{test:processes|0x10000000000000000}", "{@|0x1}", "" } do
        ok, err = process.send(to, "t", 1)
        assert(ok == nil and (err:kind() == errors.NOT_FOUND or err:kind() == errors.INVALID), tostring(err))
    end
    nothing_waits()
    arena.close()
end
return { main = main }
