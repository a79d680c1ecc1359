-- modules: funcs, system, time
-- A call is a process of its own: PID, mailbox, monitors, links, inspection; and it cannot be terminated.
local funcs, system, time = require("funcs"), require("system"), require("time")

-- a PID of its own for every call, in the group of the function
local seen = {}
for _ = 1, 20 do
  local who = funcs.call("test:who")
  assert(who.pid:find("^{test:who|0x%x+}$"), who.pid)
  assert(who.id == "test:who" and not seen[who.pid])
  seen[who.pid] = true
  -- it is gone when the result is here
  local ok, err = process.send(who.pid, "late", 1)
  assert(not ok and err:kind() == errors.NOT_FOUND and err:message():find("not found"))
  ok, err = process.monitor(who.pid)
  assert(not ok and err:kind() == errors.INTERNAL)
end

-- messages both ways, events, a monitor
local future = funcs.async("test:talker", process.pid())
local hello = process.listen("hello"):receive()
assert(process.send(hello, "question", 21))
assert(process.listen("answer"):receive() == 42)
assert(process.monitor(hello))
assert(process.cancel(hello, "enough"))
local event = process.events():receive()
assert(event.kind == process.event.EXIT and event.from == hello)
assert(event.result.value == "canceled: enough" and event.result.error == nil)
assert(future:channel():receive():data() == "canceled: enough")

-- EXIT comes before the result, and tells of a failure too
future = funcs.async("test:talker", process.pid())
hello = process.listen("hello"):receive()
assert(process.monitor(hello))
process.send(hello, "fail", true)
assert(future:channel():receive():message():find("told to"))
event = channel.select{ process.events():case_receive(), default = true }.value
assert(event.from == hello and event.result.error:message():find("told to"))

-- links: a failing call takes its peer along unless it traps
future = funcs.async("test:talker", process.pid())
hello = process.listen("hello"):receive()
process.set_options({ trap_links = true })
assert(process.link(hello))
process.send(hello, "fail", true)
event = process.events():receive()
assert(event.kind == process.event.LINK_DOWN and event.from == hello)
assert(future:channel():receive())

-- terminate: not functions, neither running ones nor those that were
future = funcs.async("test:talker", process.pid())
hello = process.listen("hello"):receive()
local ok, err = process.terminate(hello)
assert(ok == nil and err:kind() == errors.INTERNAL and err:message() == "functions cannot be terminated")
process.cancel(hello)
assert(future:channel():receive():data() == "canceled: ")
assert(select(2, process.terminate(hello)):kind() == errors.INTERNAL)
local myself, why = funcs.call("test:suicide")
assert(myself == "alive" and why == nil)

-- inspection: the calls of a function, but no host
future = funcs.async("test:talker", process.pid())
hello = process.listen("hello"):receive()
local calls = system.hosts.processes("test:talker")
assert(#calls == 1 and calls[1].pid == hello and calls[1].source == "test:talker" and calls[1].parent == process.pid())
for _, host in ipairs(system.hosts.list()) do assert(not host.id:find("talker"), host.id) end
process.cancel(hello)
assert(future:channel():receive())
while #system.hosts.processes("test:talker") > 0 do coroutine.yield() end

-- timers work in calls
local began = time.now()
assert(funcs.call("test:sleeper", "20ms") == "slept")
assert(time.now():sub(began):milliseconds() >= 20)
