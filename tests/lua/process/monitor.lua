-- modules: time
-- monitor, unmonitor: spec 6.6, 6.7; S3, S4, S5, S12, S13.
local time = require("time")
local function main()
    local me = process.pid()
    local events = process.events()
    local function none_waiting()
        time.sleep("3ms")
        assert(channel.select({ events:case_receive() }, true).default, "an event too many")
    end
    -- S3: a dead PID
    local dead = assert(process.spawn_monitored("test:child", "test:processes", "nothing"))
    assert(events:receive().from == dead)
    local none, err = process.monitor(dead)
    assert(none == nil and err:kind() == errors.INTERNAL and err:message() == "pid not registered")

    -- S4
    local pid = assert(process.spawn("test:child", "test:processes", "end_on_message"))
    assert(process.monitor(pid) == true)
    none, err = process.monitor(pid)
    assert(none == nil and err:kind() == errors.INTERNAL and err:message() == "already monitoring pid")
    process.send(pid, "end", "bye")
    local e = events:receive()
    assert(e.from == pid and e.result.value == "bye")
    none_waiting()

    -- unmonitor: idempotent, unknown PIDs too, and nothing after it returned
    pid = assert(process.spawn_monitored("test:child", "test:processes", "end_on_message"))
    assert(process.unmonitor(pid) == true and process.unmonitor(pid) == true)
    assert(process.unmonitor(dead) == true and process.unmonitor("{test:processes|0x1}") == true)
    process.send(pid, "end", 1)
    none_waiting()

    -- S5: unmonitor races exit
    for i = 1, 300 do
        pid = assert(process.spawn_monitored("test:child", "test:processes", "end_on_message"))
        process.send(pid, "end", i)
        if i % 3 == 0 then coroutine.yield() end
        assert(process.unmonitor(pid))
    end
    none_waiting()

    -- S13: instant exits: exactly one event each
    local count, seen = 2000, {}
    for _ = 1, count do
        seen[assert(process.spawn_monitored("test:child", "test:processes", "nothing"))] = 0
    end
    for _ = 1, count do
        local from = events:receive().from
        seen[from] = seen[from] + 1
        assert(seen[from] == 1)
    end
    none_waiting()

    -- S12 and 6.7: at EXIT name and PID are gone; what it sent before came before
    local named, told = process.listen("named"), process.listen("last")
    for i = 1, 100 do
        pid = assert(process.spawn_monitored("test:child", "test:processes", "name", "n" .. i, me))
        assert(named:receive() == pid and process.registry.lookup("n" .. i) == pid)
        process.cancel(pid)
        assert(events:receive().from == pid)
        none, err = process.registry.lookup("n" .. i)
        assert(none == nil and err:kind() == errors.NOT_FOUND)
        none, err = process.send(pid, "x")
        assert(none == nil and err:message():find("not found"))
        pid = assert(process.spawn_monitored("test:child", "test:processes", "tell", me, "last", i))
        assert(events:receive().from == pid)
        local r = channel.select { told:case_receive(), default = true }
        assert(r.value == i, "sent before it ended")
    end
    -- EXIT waits in the mailbox of a process that has no events channel yet: nothing to see here but no crash either
    assert(process.spawn_monitored("test:child", "test:processes", "nothing"))
end
return { main = main }
