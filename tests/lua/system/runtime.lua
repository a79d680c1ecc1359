-- modules: system
-- runtime, process: counts, the number of workers, the OS process
local pids = {}
local before = system.runtime.goroutines()
assert(math.type(before) == "integer" and before > 0)
for i = 1, 10 do pids[i] = assert(process.spawn("test:sleeper", "test:processes")) end
assert(system.runtime.goroutines() > 10) -- services come and go meanwhile

local workers = system.runtime.max_procs()
assert(math.type(workers) == "integer" and workers == #system.workers())
assert(system.runtime.max_procs(7) == workers and system.runtime.max_procs() == 7)
assert(system.runtime.max_procs(workers) == 7)
assert(system.runtime.max_procs(nil) == workers)
for _, bad in ipairs({ 0, -1, math.mininteger }) do
  local value, err = system.runtime.max_procs(bad)
  assert(value == nil and err:kind() == errors.INVALID)
end
for _, bad in ipairs({ "x", 1.5, {}, true }) do assert(not pcall(system.runtime.max_procs, bad)) end
assert(system.runtime.max_procs() == workers)
assert(math.type(system.runtime.cpu_count()) == "integer" and system.runtime.cpu_count() > 0)

assert(math.type(system.process.pid()) == "integer" and system.process.pid() > 0)
assert(#system.process.hostname() > 0)
assert(system.process.cwd():match("^/.*/runtime$"), system.process.cwd())
