-- modules: time
-- terminate: spec 6.6, S2, S10.
local time = require("time")
local function main()
    local events = process.events()
    for _, act in ipairs { "spin", "spin_pcall", "wait", "sleep" } do
        local pid = assert(process.spawn_monitored("test:child", "test:processes", act, "1h"))
        time.sleep("5ms")
        assert(process.terminate(pid) == true)
        local e = events:receive()
        assert(e.from == pid and e.result.value == nil)
        assert(e.result.error:message() == "process terminated" and e.result.error:kind() == errors.INTERNAL)
        local none, err = process.terminate(pid)
        assert(none == nil and err:kind() == errors.INTERNAL and err:message() == "process not found")
    end
    -- cancel then terminate, terminate twice: one EXIT
    local pid = assert(process.spawn_monitored("test:child", "test:processes", "spin"))
    process.cancel(pid, "first")
    process.terminate(pid)
    process.terminate(pid)
    assert(events:receive().from == pid)
    time.sleep("5ms")
    assert(channel.select({ events:case_receive() }, true).default)

    -- terminating oneself never returns and cannot be caught
    pid = assert(process.spawn_monitored("test:suicide", "test:processes"))
    assert(events:receive().result.error:message() == "process terminated")
    local none = process.terminate("nobody")
    assert(none == nil)
    assert(not pcall(process.terminate))
end
return { main = main }
