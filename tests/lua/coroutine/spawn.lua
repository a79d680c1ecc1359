-- coroutine.spawn and the FIFO order of managed coroutines: spec 2.1, 5.
local function main()
    local seen = {}
    local function log(x) seen[#seen + 1] = x end
    local function expect(text)
        assert(table.concat(seen, " ") == text, table.concat(seen, " "))
        seen = {}
    end

    -- runs first, until it blocks; returns its thread; arguments are not passed
    local co = coroutine.spawn(function(...)
        assert(select("#", ...) == 0)
        log("in")
        coroutine.yield()
        log("again")
    end)
    log("out")
    assert(type(co) == "thread")
    assert(coroutine.status(co) == "normal")
    local ok, msg = coroutine.resume(co)
    assert(ok == false and msg == "cannot resume non-suspended coroutine", msg)
    coroutine.yield()
    expect("in out again")
    assert(coroutine.status(co) == "dead")

    -- FIFO among several; yield at top level lets the others run and returns nothing
    for i = 1, 3 do
        coroutine.spawn(function()
            log("a" .. i)
            assert(select("#", coroutine.yield("ignored")) == 0)
            log("b" .. i)
            coroutine.yield()
            log("c" .. i)
        end)
    end
    coroutine.yield()
    coroutine.yield()
    expect("a1 a2 a3 b1 b2 b3 c1 c2 c3")

    -- nested spawns run at once
    coroutine.spawn(function()
        log(1)
        coroutine.spawn(function() log(2) end)
        log(3)
    end)
    expect("1 2 3")

    -- values of a spawned coroutine are discarded; 10,000 of them leave nothing
    for i = 1, 10000 do
        coroutine.spawn(function() return i end)
    end

    -- the thread of a spawned coroutine is not collected while it waits
    local ch = channel.new()
    local sum = 0
    for i = 1, 100 do
        coroutine.spawn(function() local v = ch:receive() sum = sum + v end)
    end
    local junk = {}
    for i = 1, 20000 do junk[i % 100] = { i } end
    for i = 1, 100 do ch:send(i) end
    coroutine.yield()
    assert(sum == 5050)
end
return { main = main }
