-- The library as in Lua 5.3.
local function main()
    local co = coroutine.create(function(a, b)
        local c = coroutine.yield(a + b)
        local d, e = coroutine.yield(c * 2)
        return d, e
    end)
    assert(type(co) == "thread" and coroutine.status(co) == "suspended")
    local ok, v = coroutine.resume(co, 1, 2)
    assert(ok and v == 3)
    ok, v = coroutine.resume(co, 10)
    assert(ok and v == 20)
    local r = table.pack(coroutine.resume(co, "x", "y"))
    assert(r[1] == true and r[2] == "x" and r[3] == "y" and r.n == 3)
    assert(coroutine.status(co) == "dead")
    ok, v = coroutine.resume(co)
    assert(ok == false and v == "cannot resume dead coroutine")

    -- running and status
    local main_co, is_main = coroutine.running()
    assert(type(main_co) == "thread" and is_main == true)
    assert(coroutine.status(main_co) == "running")
    local inner
    inner = coroutine.create(function()
        local me, main_flag = coroutine.running()
        assert(me == inner and main_flag == false)
        assert(coroutine.status(inner) == "running" and coroutine.status(main_co) == "normal")
        local again, msg = coroutine.resume(inner)
        assert(again == false and msg == "cannot resume non-suspended coroutine", msg)
        again, msg = coroutine.resume(main_co)
        assert(again == false and msg == "cannot resume non-suspended coroutine", msg)
        local nested = coroutine.create(function() return coroutine.status(inner) end)
        assert(select(2, coroutine.resume(nested)) == "normal")
    end)
    assert(coroutine.resume(inner))

    -- errors
    local bad = coroutine.create(function() error("boom", 0) end)
    ok, v = coroutine.resume(bad)
    assert(ok == false and v == "boom" and coroutine.status(bad) == "dead")
    local obj = errors.new("object")
    ok, v = coroutine.resume(coroutine.create(function() error(obj) end))
    assert(ok == false and v == obj)

    -- wrap
    local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
    assert(gen() == 1 and gen() == 2 and gen() == 3 and gen() == nil)
    ok, v = pcall(gen)
    assert(not ok and v:find("cannot resume dead coroutine", 1, true))
    local raising = coroutine.wrap(function() error("in wrap") end)
    ok, v = pcall(raising)
    assert(not ok and v:find("in wrap", 1, true))
    local with_object = coroutine.wrap(function() error(obj) end)
    ok, v = pcall(with_object)
    assert(not ok and v == obj)
    local sum = 0
    for x in coroutine.wrap(function() for i = 1, 100 do coroutine.yield(i) end end) do sum = sum + x end
    assert(sum == 5050)

    -- many values
    local many = coroutine.wrap(function(...) return select("#", ...), ... end)
    local packed = table.pack(many(table.unpack({}, 1, 200)))
    assert(packed[1] == 200 and packed.n == 201)

    -- bad arguments
    for _, f in ipairs { coroutine.create, coroutine.wrap, coroutine.spawn } do
        assert(not pcall(f) and not pcall(f, 1) and not pcall(f, {}))
    end
    for _, f in ipairs { coroutine.resume, coroutine.status } do
        assert(not pcall(f) and not pcall(f, print))
    end
    assert(coroutine.isyieldable())
    assert(coroutine.close == nil)
end
return { main = main }
