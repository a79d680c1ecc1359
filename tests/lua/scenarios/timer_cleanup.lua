-- modules: time, system
-- S14: 200 processes with 1,000 timers each leave nothing behind. S15: the timers of the dead never fire. S17: far timers are accepted.
local function main()
    local events = process.events()
    local function round(stay)
        local pids = {}
        for i = 1, 100 do pids[i] = assert(process.spawn_monitored("test:worker", "test:processes", "timers", 1000, stay)) end
        if stay then for _, pid in ipairs(pids) do process.terminate(pid) end end
        for _ = 1, 100 do assert(events:receive().kind == process.event.EXIT) end
    end
    round(false)
    round(true)
    system.gc.collect()
    local before = system.memory.stats().alloc
    for _ = 1, 2 do
        round(false)
        round(true)
    end
    local after
    for _ = 1, 300 do -- the last heaps are freed after their EXIT
        system.gc.collect()
        after = system.memory.stats().alloc
        if after <= before + (4 << 20) then break end
        time.sleep("10ms")
    end
    assert(after <= before + (4 << 20), before .. " " .. after)

    -- S15
    local late = process.listen("late")
    for _ = 1, 50 do assert(process.spawn_monitored("test:worker", "test:processes", "late", process.pid())) end
    local ended, told = 0, 0
    while ended < 50 do
        local r = channel.select { events:case_receive(), late:case_receive() }
        if r.channel == events then ended = ended + 1 else told = told + 1 end
    end
    while not channel.select({ late:case_receive() }, true).default do end
    time.sleep("30ms")
    assert(channel.select({ late:case_receive() }, true).default, "a timer of a dead process fired")
    -- in the order of their deadlines, whatever the order they were made in
    local order, all = {}, channel.new(20)
    for _, i in ipairs { 7, 3, 9, 1, 5, 10, 2, 8, 6, 4 } do
        local after_i = time.after(i * 15 * time.MILLISECOND)
        coroutine.spawn(function() after_i:receive() all:send(i) end)
    end
    for i = 1, 10 do order[i] = all:receive() end
    assert(table.concat(order, " ") == "1 2 3 4 5 6 7 8 9 10", table.concat(order, " "))

    -- S17: 2^31 ms, and as far as numbers go
    for _, d in ipairs { (1 << 31) * time.MILLISECOND, (1 << 32) * time.MILLISECOND, math.maxinteger, "2562047h", "1000000h" } do
        local timer = assert(time.timer(d))
        assert(channel.select({ timer:channel():case_receive() }, true).default)
        local ticker = assert(time.ticker(d))
        local ch = assert(time.after(d))
        time.sleep("1ms")
        assert(channel.select({ timer:channel():case_receive(), ticker:channel():case_receive(), ch:case_receive() }, true).default)
        assert(timer:reset((1 << 31) * time.MILLISECOND) == true)
        -- S16
        assert(timer:stop() == true and timer:stop() == false and ticker:stop() == true)
    end
end
return { main = main }
