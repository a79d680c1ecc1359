-- modules: events, time
-- What the runtime itself publishes: states of services, and the processes that run for them.

local function send_to_moody(topic)
  while true do
    local pid = process.registry.lookup("moody")
    if pid and process.send(pid, topic) then return pid end
    time.sleep("1ms")
  end
end

local states = events.subscribe("supervisor", "service.*"):channel()
local processes = events.subscribe("process"):channel()
local function next_state()
  local e
  repeat e = states:receive() until e.path == "services:moody"
  assert(e.system == "supervisor" and e.data.id == "services:moody")
  assert(e.kind == "service." .. e.data.status)
  return e.data
end
local function next_process(kind)
  local e
  repeat e = processes:receive() until e.data.service == "services:moody"
  assert(e.kind == kind, e.kind)
  assert(e.path == e.data.pid and e.data.source == "test:moody" and e.data.host == "test:processes")
  return e.data
end

-- it fails and is started again
local pid = send_to_moody("fail")
local function skip_to(status, previous) -- what came before the subscription was active may be seen in part
  local data
  repeat data = next_state() until data.status == status and data.previous == previous
  return data
end
local failed = skip_to("failed", "running")
assert(failed.error == "in a mood" and failed.retry_count == 1)
local starting = next_state()
assert(starting.status == "starting" and starting.previous == "failed")
local running = next_state()
assert(running.status == "running" and running.previous == "starting" and running.error == nil)
local exited
repeat
  exited = processes:receive()
until exited.kind == "process.exited" and exited.data.service == "services:moody"
assert(exited.path == pid and exited.data.failed == true and exited.data.error == "in a mood")
local second = next_process("process.started")
assert(second.pid ~= pid and second.failed == nil)

-- once more, and then it ends for good
assert(send_to_moody("fail") == second.pid)
assert(next_process("process.exited").pid == second.pid)
local third = next_process("process.started")
assert(skip_to("failed", "running").retry_count == 2)
assert(next_state().status == "starting" and next_state().status == "running")
assert(send_to_moody("hopeless") == third.pid)
local last = next_process("process.exited")
assert(last.pid == third.pid and last.failed and last.error == "hopeless")
local state = next_state()
assert(state.status == "exited" and state.previous == "running" and state.error == "hopeless")

-- applications may use the names of these systems too: it is one bus
assert(events.send("process", "process.started", "/mine"))
local e = processes:receive()
assert(e.path == "/mine" and e.data == nil)
