-- modules: io
-- A process that was not started on a terminal has none.
local events = process.events()
local pid = assert(process.spawn_monitored("test:quiet", "test:processes"))
local result = events:receive().result
assert(result.value == "checked" and result.error == nil, tostring(result.error))
assert(io.print("still here")) -- expect: still here
