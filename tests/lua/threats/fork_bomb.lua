-- modules: io, time, system
-- imports: arena=test:arena
-- timeout: 30
-- T13: processes that start processes without end, also while they die. They are refused at the host's limit, others are not hurt,
-- and once they have ended the host takes processes again.
local function live()
    for _, host in ipairs(system.hosts.list()) do
        if host.id == "test:crowded" then return host.processes end
    end
end

local function terminate_all()
    while live() > 0 do
        for _, info in ipairs(system.hosts.processes("test:crowded")) do process.terminate(info.pid) end
        time.sleep("1ms")
    end
end

local function main()
    arena.open()
    local refused = process.listen("refused")
    for round = 1, 3 do
        assert(process.spawn("test:fork_bomb", "test:crowded", process.pid()))
        for _ = 1, 300 do -- each of them is refused in the end
            local err = refused:receive()
            assert(err:kind() == errors.RATE_LIMITED and err:message() == "host test:crowded has reached max_processes (300)", err:message())
        end
        assert(live() == 300)
        arena.wait_ticks(5)
        local pid, err = process.spawn("test:nothing", "test:crowded")
        assert(not pid and err:kind() == errors.RATE_LIMITED)
        assert(process.exec("test:nothing", "test:processes") == nil) -- other hosts are open
        if round > 1 then -- while some end in order and start others, all are ended
            for _, info in ipairs(system.hosts.processes("test:crowded")) do process.send(info.pid, "last") end
        end
        terminate_all()
        while channel.select({ refused:case_receive() }, true).value do end -- of those started meanwhile
    end
    assert(process.spawn("test:nothing", "test:crowded"))
    arena.close()
end
return { main = main }
