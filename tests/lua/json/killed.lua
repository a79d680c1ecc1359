-- modules: time
-- timeout: 60
-- A process that is ended while the pool parses its text, while its tables are made, while it writes: nothing is left behind (sanitizers see).
local time = require("time")
local events, busy = process.events(), process.listen("busy")
for round = 1, 30 do
    local pid = assert(process.spawn_monitored("test:busy", "test:processes", process.pid(), round % 3))
    assert(busy:receive() == pid)
    time.sleep(round % 10 .. "ms")
    process.terminate(pid)
    local event = events:receive()
    assert(event.from == pid and event.kind == process.event.EXIT and event.result.error:message() == "process terminated")
end
-- one that dies by its memory limit in the middle
local pid = assert(process.spawn_monitored("test:busy", "test:small", process.pid(), 0))
local event = events:receive()
assert(event.from == pid and event.result.error:message():find("^out of memory %(limit 8 MB%)"), tostring(event.result.error))
