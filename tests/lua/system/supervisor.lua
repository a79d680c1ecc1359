-- modules: system, time
-- supervisor: states of services
local function settled(id, status)
  local state
  for _ = 1, 1000 do
    state = assert(system.supervisor.state(id))
    if state.status == status then return state end
    time.sleep("5ms")
  end
  error(id .. " is " .. state.status .. ", not " .. status)
end

local good = settled("test:good", "running")
assert(good.id == "test:good" and good.desired == "running" and good.retry_count == 0 and good.details == nil)
assert(math.type(good.started_at) == "integer" and good.started_at > 1500000000000000000 and good.last_update >= good.started_at)

local idle = assert(system.supervisor.state("test:idle"))
assert(idle.status == "unknown" and idle.desired == "stopped" and idle.last_update == 0 and idle.started_at == 0)

local failed = settled("test:crashing", "failed")
while failed.retry_count < 2 do
  time.sleep("5ms")
  failed = settled("test:crashing", "failed")
end
assert(failed.retry_count == 2 and failed.details:find("crash again", 1, true), failed.details)
assert(settled("test:hopeless", "exited").details == "not again")
local once = settled("test:once", "exited")
assert(once.details == nil and once.started_at > 0 and once.last_update >= once.started_at)
assert(settled("test:three", "running") and settled("test:terminal", "running"))

local statuses = {}
for word in ("unknown starting running stopping stopped exited failed"):gmatch("%S+") do statuses[word] = true end
local by_id = {}
for _, state in ipairs(assert(system.supervisor.states())) do
  assert(statuses[state.status] and statuses[state.desired] and not by_id[state.id])
  assert(math.type(state.retry_count) == "integer" and math.type(state.last_update) == "integer" and math.type(state.started_at) == "integer")
  by_id[state.id] = state
end
for _, name in ipairs({ "good", "idle", "crashing", "hopeless", "once", "three", "terminal", "processes" }) do
  assert(by_id["test:" .. name], name)
end

-- a failure is seen
for _, info in ipairs(system.hosts.processes("test:processes")) do
  if info.source == "test:sleeper" then process.terminate(info.pid) end
end
good = settled("test:good", "failed") -- and stays so for a while
assert(good.retry_count == 1 and good.desired == "running" and good.details == "process terminated")

for _, unknown in ipairs({ "test:nobody", "x", "test:crash", "test:good\0", ("x"):rep(100000) }) do
  local value, err = system.supervisor.state(unknown)
  assert(value == nil and err:kind() == errors.INTERNAL and tostring(err):find("service not found", 1, true))
end
local value, err = system.supervisor.state("")
assert(value == nil and err:kind() == errors.INVALID)
for _, bad in ipairs({ 5, true, {} }) do assert(not pcall(system.supervisor.state, bad)) end
assert(not pcall(system.supervisor.state))
