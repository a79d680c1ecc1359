-- Processes that were spawned and have not run yet are processes like all others.
local events = process.events()

-- what is sent before it runs is there when it does, in order
local child = assert(process.spawn("test:echo_three", "test:processes", process.pid()))
for i = 1, 3 do assert(process.send(child, "item", i)) end
local got = process.listen("three")
assert(got:receive() == "1,2,3")

-- ended before it runs: its watcher is told
for _ = 1, 20 do
  local doomed = assert(process.spawn_monitored("test:until_cancel", "test:processes"))
  assert(process.terminate(doomed))
  local event = events:receive()
  assert(event.kind == process.event.EXIT and event.from == doomed, event.kind)
  assert(tostring(event.result.error):find("terminated", 1, true), tostring(event.result.error))
  assert(not process.send(doomed, "x", 1))
end

-- canceled before it runs: it finds the event
local canceled = assert(process.spawn_monitored("test:until_cancel", "test:processes"))
assert(process.cancel(canceled, "1s"))
assert(events:receive().result.value == "canceled")

-- a name given at the spawn is taken at once
local named = assert(process.with_context({}):with_name("unstarted"):spawn("test:until_cancel", "test:processes"))
assert(process.registry.lookup("unstarted") == named)
assert(process.terminate(named))
