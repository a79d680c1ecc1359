-- Exit results: spec 2.2.
local function main()
    local events = process.events()
    local function run(...)
        local pid = assert(process.spawn_monitored("test:child", "test:processes", ...))
        local e = events:receive()
        assert(e.from == pid)
        return e.result.value, e.result.error
    end
    local function fails(kind, message, retryable, ...)
        local value, err = run(...)
        assert(value == nil and err, "must fail")
        assert(err:kind() == kind and err:message() == message and err:retryable() == retryable,
            err:kind() .. ": " .. err:message() .. " " .. tostring(err:retryable()))
        return err
    end
    local v, e = run("nothing")
    assert(v == nil and e == nil)
    v, e = run("value", { a = 1 })
    assert(v.a == 1 and e == nil)
    v, e = run("values")
    assert(v == 1 and e == nil)
    v, e = run("return_other")
    assert(v == 7 and e == nil)
    fails(errors.INTERNAL, "returned text", false, "return_text")
    fails(errors.INTERNAL, "no", false, "return_false")
    assert(fails(errors.TIMEOUT, "ret", true, "return_object"):details().n == 1)
    fails(errors.INTERNAL, "plain", nil, "raise", "plain")
    v, e = run("raise_here")
    assert(e:message():find("child:%d+: with position"), e:message())
    assert(fails(errors.CONFLICT, "obj", true, "raise_object"):details().k == "v")
    v, e = run("raise_table")
    assert(e:kind() == errors.INTERNAL and e:message():find("^table: "))

    -- arguments, nil included
    v = run("args", 1, nil, "x", nil)
    assert(v[1] == 1 and v[2] == nil and v[3] == "x" and v.n == 4)
    v = run("args")
    assert(v.n == 0)

    -- S11: 128 KB results and errors arrive whole
    for _ = 1, 10 do
        v = run("big", 128 * 1024)
        assert(#v == 128 * 1024)
        v, e = run("big_error", 128 * 1024)
        assert(#e:message() == 128 * 1024)
    end
    -- a result that cannot be copied is a failure that says so
    local pid = assert(process.spawn_monitored("test:child", "test:processes", "big", 17 * 1024 * 1024))
    e = events:receive().result.error
    assert(e:kind() == errors.INTERNAL and e:message():find("result cannot be sent", 1, true), e:message())
end
return { main = main }
