-- modules: funcs
-- expect-exit: 0
-- Entries whose pool cannot be: each call says why.
local funcs = require("funcs")

local function check(id, text)
  local value, err = funcs.call(id)
  assert(value == nil and err:kind() == errors.INVALID, id .. ": " .. tostring(err))
  assert(err:message():find(text, 1, true), err:message())
end
check("test:bad_type", "pool.type 'elastic' is unknown; there are lazy, static, inline and adaptive")
check("test:bad_size", "pool.size must be a whole number from 0 to 100000, not a string")
check("test:bad_workers", "pool.workers must be a whole number from 0 to 100000, not this one")
check("test:bad_warm", "pool.warm_start (9) is more than max_size (4)")
check("test:bad_pool", "pool must be a map like {max_size: 16}, not a list")
check("test:bad_type_value", "pool.type must be a name, not an integer")
-- what is zero or not known is as if it were not there
assert(funcs.call("test:zeros") == "fine")
