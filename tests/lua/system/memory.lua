-- modules: system
-- memory, gc: figures, limits, errors
local function invalid(f, ...)
  local value, err = f(...)
  assert(value == nil and err:kind() == errors.INVALID and not err:retryable(), tostring(err))
end

local keep = {}
for i = 1, 10000 do keep[i] = { i } end
local stats = system.memory.stats()
local names = [[alloc total_alloc sys heap_alloc heap_sys heap_idle heap_in_use heap_released heap_objects stack_in_use
  stack_sys mspan_in_use mspan_sys num_gc next_gc]]
local count = 0
for name in names:gmatch("%S+") do
  assert(math.type(stats[name]) == "integer" and stats[name] >= 0, name)
  count = count + 1
end
for name in pairs(stats) do count = count - 1 end
assert(count == 0, "nothing else is in it")
assert(stats.alloc > 10000 * 56 and stats.heap_objects > 0 and stats.sys > 0)
assert(stats.total_alloc >= stats.alloc, "what was ever taken is more than what is held now")
assert(stats.heap_sys >= stats.heap_in_use and stats.heap_idle == stats.heap_sys - stats.heap_in_use)
assert(stats.heap_alloc == stats.alloc and stats.mspan_sys > 0 and stats.stack_sys >= 8 << 20)
assert(stats.next_gc > 0)
assert(math.type(system.memory.allocated()) == "integer" and system.memory.allocated() > 0)
assert(math.type(system.memory.heap_objects()) == "integer" and system.memory.heap_objects() > 0)

-- a full collection counts
assert(system.gc.collect() == true)
assert(system.memory.stats().num_gc > stats.num_gc)

-- limit: none at first
assert(system.memory.get_limit() == math.maxinteger)
assert(system.memory.set_limit(1 << 40) == math.maxinteger)
assert(system.memory.get_limit() == 1 << 40)
assert(system.memory.set_limit(-1) == 1 << 40)
assert(system.memory.get_limit() == math.maxinteger)
assert(system.memory.set_limit(5) == math.maxinteger and system.memory.set_limit(math.maxinteger) == 5)
assert(system.memory.get_limit() == math.maxinteger)
assert(system.memory.set_limit(0) == math.maxinteger and system.memory.set_limit(-1) == 0)
invalid(system.memory.set_limit)
invalid(system.memory.set_limit, nil)
invalid(system.memory.set_limit, -2)
invalid(system.memory.set_limit, math.mininteger)
for _, bad in ipairs({ "x", 1.5, {}, true }) do assert(not pcall(system.memory.set_limit, bad)) end
assert(system.memory.get_limit() == math.maxinteger)

-- percent
assert(system.gc.get_percent() == 100)
assert(system.gc.set_percent(200) == 100 and system.gc.get_percent() == 200)
assert(system.gc.set_percent(-1) == 200 and system.gc.set_percent(0) == -1 and system.gc.set_percent(100) == 0)
invalid(system.gc.set_percent)
invalid(system.gc.set_percent, -2)
invalid(system.gc.set_percent, math.maxinteger)
for _, bad in ipairs({ "x", 1.5, {}, true }) do assert(not pcall(system.gc.set_percent, bad)) end
assert(system.gc.get_percent() == 100)
