-- A process that does nothing but validate can be ended.
local started, events = process.listen("started"), process.events()
local pid = assert(process.spawn_monitored("test:type_spinner", "test:processes", process.pid()))
assert(started:receive())
assert(process.terminate(pid))
local event = events:receive()
assert(event.kind == process.event.EXIT and event.from == pid)
