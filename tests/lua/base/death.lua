-- modules: time
-- timeout: 30
-- Nothing a process catches keeps it from being terminated.
local events = process.events()
for _, way in ipairs{"pcall", "nested", "xpcall", "handler", "unyieldable", "coroutine", "receiving"} do
    local pid = assert(process.spawn_monitored("test:stubborn", "test:processes", way))
    time.sleep("15ms")
    assert(process.terminate(pid))
    local event = events:receive()
    assert(event.kind == process.event.EXIT and event.from == pid, way)
    local text = tostring(event.result.error)
    assert(text:find("process terminated", 1, true) or way == "handler" or way == "unyieldable", way .. ": " .. text)
end
