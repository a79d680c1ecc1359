-- process.send: spec 6.3, and values crossing (3).
local function main()
    local me = process.pid()
    local ch = process.listen("t")
    local function round(...)
        assert(process.send(me, "t", ...) == true)
        local v, ok = ch:receive()
        assert(ok == true)
        return v
    end
    -- payload count: none nil, one the value, several an array
    assert(round() == nil)
    assert(round(nil) == nil)
    assert(round(1) == 1 and math.type(round(1)) == "integer" and math.type(round(1.0)) == "float")
    assert(round("a\0b") == "a\0b" and round(true) == true and round(false) == false)
    local several = round(1, "two", nil, 4)
    assert(several[1] == 1 and several[2] == "two" and several[3] == nil and several[4] == 4)

    -- tables: deep copies, sharing and cycles kept, sender may mutate afterwards
    local t = { 1, 2, x = { y = "z" }, [2.5] = "f", [true] = "b" }
    t.self = t
    t.again = t.x
    local c = round(t)
    assert(c ~= t and c[1] == 1 and c[2] == 2 and c.x.y == "z" and c[2.5] == "f" and c[true] == "b")
    assert(c.self == c and c.again == c.x)
    process.send(me, "t", t)
    t.x.y = "changed"
    assert(ch:receive().x.y == "z")
    assert(getmetatable(round(setmetatable({}, { __index = {} }))) == nil)

    -- functions, threads and userdata vanish; error objects travel
    local odd = round { f = print, co = coroutine.create(print), ch = ch, ok = 1 }
    assert(odd.f == nil and odd.co == nil and odd.ch == nil and odd.ok == 1)
    assert(round(print) == nil and round(ch) == nil)
    local err = round(errors.new { message = "m", kind = errors.TIMEOUT, retryable = true, details = { a = { b = 1 } } })
    assert(err:message() == "m" and err:kind() == errors.TIMEOUT and err:retryable() == true and err:details().a.b == 1)

    -- big values
    local big = ("0123456789"):rep(100000)
    assert(round(big) == big)
    local list = {}
    for i = 1, 50000 do list[i] = { i, "n" .. i } end
    local copy = round(list)
    assert(#copy == 50000 and copy[50000][2] == "n50000")

    -- too deep, too big
    local deep = {}
    local at = deep
    for _ = 1, 200 do at.d = {} at = at.d end
    local ok, e = process.send(me, "t", deep)
    assert(ok == nil and e:kind() == errors.INVALID and e:message():find("128", 1, true), tostring(e))
    ok, e = process.send(me, "t", ("x"):rep(17 * 1024 * 1024))
    assert(ok == nil and e:kind() == errors.INVALID)
    assert(channel.select({ ch:case_receive() }, true).default, "no partial delivery")

    -- bad destinations
    local function fails(kind, text, ...)
        local v, err2 = process.send(...)
        assert(v == nil and err2:kind() == kind and err2:message():find(text, 1, true), tostring(err2))
    end
    fails(errors.INVALID, "destination", nil)
    fails(errors.INVALID, "destination", me)
    fails(errors.INVALID, "cannot send to @ topics", me, "@x")
    fails(errors.NOT_FOUND, "could not resolve 'nobody' as PID or registered name", "nobody", "t")
    fails(errors.NOT_FOUND, "could not resolve", "{}", "t")
    fails(errors.NOT_FOUND, "could not resolve", "", "t")
    for _, unique in ipairs { "zz", "1", "", "0x", "0X1", "0x00000000000000001" } do -- the form of a PID, of nobody
        fails(errors.NOT_FOUND, "process not found", "{test:processes|" .. unique .. "}", "t")
        fails(errors.NOT_FOUND, "host not found", "{no:host|" .. unique .. "}", "t")
        fails(errors.NOT_FOUND, "host not found", "{node@test:processes|" .. unique .. "}", "t")
    end
    fails(errors.NOT_FOUND, "host not found", "{no:host|0x1}", "t")
    fails(errors.NOT_FOUND, "process not found", "{test:processes|0x1}", "t")
    fails(errors.NOT_FOUND, "process not found", "{test:processes|0xffffffffffffffff}", "t")
    assert(not pcall(process.send, 5 == 5, "t"))
    assert(not pcall(process.send, 5, "t") and not pcall(process.send, me, 5))
    assert(not pcall(process.send, me, {}))
    local dead = assert(process.spawn_monitored("test:child", "test:processes", "nothing"))
    process.events():receive()
    fails(errors.NOT_FOUND, "not found", dead, "t")
end
return { main = main }
