-- modules: system, time
-- the limit is in force as soon as it is set, and no longer than it is
local function spawn() return process.spawn("test:sleeper", "test:processes") end
local first = assert(spawn())
assert(system.memory.set_limit(1))
local pid, err = spawn()
assert(pid == nil and err, "a spawn over the limit of the runtime")
assert(system.memory.set_limit(-1) == 1)
assert(spawn())
process.terminate(first)
