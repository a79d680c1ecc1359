-- modules: events
-- A process that only has a subscription is no deadlock: it waits until it is ended. Without one it is.

local exits = process.events()
local subscribed = process.listen("subscribed")
local pid = assert(process.spawn_monitored("test:subscriber", "test:processes", process.pid(), 1, "never", 1))
subscribed:receive()
-- it is alive as long as nobody ends it: what it answers to is an event
process.cancel(pid)
events.send("never", "k", "/now")
local e = exits:receive()
assert(e.from == pid and e.result.error == nil)

pid = assert(process.spawn_monitored("test:deadlocked", "test:processes"))
e = exits:receive()
assert(e.from == pid and tostring(e.result.error):find("^deadlock"), tostring(e.result.error))
