-- modules: time
-- A generator of a million values in the middle of preemption gives the very sequence that stock Lua gives (T10).
local function main()
    local function numbers(n)
        return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end)
    end
    local stop = false
    coroutine.spawn(function()
        while not stop do time.sleep("2ms") end
    end)
    local expect = 0
    for v in numbers(1000000) do
        expect = expect + 1
        assert(v == expect)
    end
    assert(expect == 1000000)
    stop = true
end
return { main = main }
