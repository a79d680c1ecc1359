-- modules: system
-- hosts: who runs where; the service test:good is one more process
local pids = {}
for i = 1, 300 do pids[i] = assert(process.spawn("test:sleeper", "test:processes")) end
local by_id, last = {}, ""
for _, host in ipairs(system.hosts.list()) do
  assert(host.id > last, "sorted by id")
  last = host.id
  by_id[host.id] = host
  for _, field in ipairs({ "workers", "processes", "executed", "stolen", "queue_depth" }) do
    assert(math.type(host[field]) == "integer" and host[field] >= 0, field)
  end
end
assert(by_id["test:processes"].processes == 301 and by_id["test:terminal"].processes == 1)
assert(by_id["test:three"].workers == 3 and by_id["test:processes"].workers == system.runtime.max_procs())

local mine, seen, steps = {}, 0, 0
for _, pid in ipairs(pids) do mine[pid] = true end
for _, info in ipairs(system.hosts.processes("test:processes")) do
  assert(info.host == "test:processes" and info.source == "test:sleeper")
  assert(mine[info.pid] and info.parent == process.pid() or info.parent:find("^{supervisor|"), info.parent)
  assert(math.type(info.steps) == "integer" and info.steps >= 0 and math.type(info.started_at) == "integer" and info.started_at > 0)
  assert(info.actor_id == nil)
  mine[info.pid] = nil
  seen, steps = seen + 1, steps + info.steps
end
assert(seen == 301 and next(mine) == nil and steps > 0) -- the last ones may not have run yet
local myself = system.hosts.processes("test:terminal")
assert(#myself == 1 and myself[1].pid == process.pid() and myself[1].state == "running")

assert(#system.hosts.processes("no:such") == 0 and #system.hosts.processes("test:processes\0") == 0)
local value, err = system.hosts.processes("")
assert(value == nil and err:kind() == errors.INVALID)
for _, bad in ipairs({ 5, true, {} }) do assert(not pcall(system.hosts.processes, bad)) end
assert(not pcall(system.hosts.processes))
