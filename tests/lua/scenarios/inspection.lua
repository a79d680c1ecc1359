-- modules: time, system
-- S24: looking at processes that are being born and dying shows well-formed records, and hurts nobody.
local states = { ready = true, running = true, blocked = true, idle = true, complete = true }
local function main()
    local events = process.events()
    local over, ended = false, 0
    coroutine.spawn(function()
        for _ = 1, 40 do
            local pids = {}
            for i = 1, 25 do
                local act = i % 3 == 0 and "nothing" or i % 3 == 1 and "busy" or "wait"
                pids[i] = assert(process.spawn_monitored("test:worker", "test:processes", act))
            end
            for i, pid in ipairs(pids) do if i % 3 == 2 then process.terminate(pid) end end
            for _ = 1, 25 do
                assert(events:receive().kind == process.event.EXIT)
                ended = ended + 1
            end
        end
        over = true
    end)
    local looks, seen, pid_seen = 0, 0, {}
    while not over do
        for _, info in ipairs(system.hosts.processes("test:processes")) do
            assert(info.pid:match("^{test:processes|0x%x+}$") and info.host == "test:processes" and info.source == "test:worker")
            assert(states[info.state], info.state)
            assert(info.steps >= 0 and info.messages >= 0 and info.memory >= 0 and info.started_at > 0)
            assert(info.parent == nil or info.parent == process.pid())
            seen = seen + 1
            pid_seen[info.pid] = true
        end
        for _, host in ipairs(system.hosts.list()) do assert(host.processes >= 0 and host.executed >= 0) end
        looks = looks + 1
        coroutine.yield()
        time.sleep(0)
    end
    assert(looks > 0 and ended == 1000)
    -- all are gone, and none of those seen lives
    local left
    for _ = 1, 300 do
        left = system.hosts.processes("test:processes")
        if #left == 0 then break end
        time.sleep("10ms")
    end
    assert(#left == 0, #left)
    for pid in pairs(pid_seen) do assert(process.send(pid, "x") == nil) end
    -- hosts that are not there
    for _, name in ipairs { "test:nowhere", ("x"):rep(100000), "a\0b", "test:processes\0" } do assert(#system.hosts.processes(name) == 0, name) end
    local none, err = system.hosts.processes("")
    assert(none == nil and err:kind() == errors.INVALID)
    assert(not pcall(system.hosts.processes))
end
return { main = main }
