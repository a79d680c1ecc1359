-- modules: funcs, time
-- The retry interceptor: how often, how long between, for which errors.
local funcs, time = require("funcs"), require("time")
local new = funcs.new()

-- A function that fails so often with such an error; how many attempts there were.
local serial = 0
local function attempts(options, failures, kind, retryable, how)
  serial = serial + 1
  local key = "flaky" .. serial
  local e = assert(new:with_options(options))
  local value, err
  if how == "async" then
    local item = assert(e:async("test:flaky", key, failures, kind, retryable)):channel():receive()
    if type(item) == "userdata" and item.kind then err = item else value = item:data() end
  else
    value, err = e:call("test:flaky", key, failures, kind, retryable)
  end
  return assert(funcs.call("test:flaky", key, "count")), value, err
end

local function quick(more)
  local retry = { max_attempts = 4, initial_delay = 1, max_delay = 2 }
  for k, v in pairs(more or {}) do retry[k] = v end
  return { retry = retry }
end

for _, how in ipairs{ "call", "async" } do
  local n, value, err = attempts(quick(), 2, errors.UNAVAILABLE, nil, how)
  assert(n == 3 and value == "attempt 3" and err == nil)
  -- the last error is returned; attempts include the first
  n, value, err = attempts(quick(), 100, errors.UNAVAILABLE, nil, how)
  assert(n == 4 and value == nil and err:kind() == errors.UNAVAILABLE and err:message() == "failure 4")
  -- 1 and less: no retry
  for _, most in ipairs{ 0, 1 } do
    n, value, err = attempts(quick{ max_attempts = most }, 100, errors.UNAVAILABLE, nil, how)
    assert(n == 1 and err:message() == "failure 1")
  end
end
assert((attempts({ retry = {} }, 100, errors.UNAVAILABLE)) == 1)
assert((attempts({}, 100, errors.UNAVAILABLE)) == 1)

-- kinds without lists
for _, name in ipairs{ "NOT_FOUND", "ALREADY_EXISTS", "UNAVAILABLE", "CONFLICT", "TIMEOUT", "RATE_LIMITED", "UNKNOWN" } do
  assert((attempts(quick(), 1, errors[name])) == 2, name)
end
for _, name in ipairs{ "INVALID", "PERMISSION_DENIED", "INTERNAL", "CANCELED" } do
  assert((attempts(quick(), 1, errors[name])) == 1, name)
end
assert((attempts(quick(), 1, "Own")) == 2)
-- lists
assert((attempts(quick{ retry_kinds = { errors.INTERNAL } }, 1, errors.INTERNAL)) == 2)
assert((attempts(quick{ retry_kinds = { errors.INTERNAL } }, 1, errors.UNAVAILABLE)) == 1)
assert((attempts(quick{ retry_kinds = { errors.INTERNAL, "Own" } }, 1, "Own")) == 2)
assert((attempts(quick{ skip_kinds = { errors.UNAVAILABLE } }, 1, errors.UNAVAILABLE)) == 1)
assert((attempts(quick{ skip_kinds = { errors.UNAVAILABLE } }, 1, errors.INTERNAL)) == 2)
assert((attempts(quick{ skip_kinds = { errors.CONFLICT }, retry_kinds = { errors.CONFLICT } }, 1, errors.CONFLICT)) == 1)
assert((attempts(quick{ retry_kinds = {} }, 1, errors.UNAVAILABLE)) == 2)
-- never: not retryable, canceled
assert((attempts(quick{ retry_kinds = { errors.UNAVAILABLE } }, 1, errors.UNAVAILABLE, false)) == 1)
assert((attempts(quick{ retry_kinds = { errors.CANCELED } }, 1, errors.CANCELED)) == 1)
assert((attempts(quick(), 1, errors.UNAVAILABLE, true)) == 2)
-- raised errors are INTERNAL of unknown retryability; a text as second value is not retryable
assert((attempts(quick{ retry_kinds = { errors.INTERNAL } }, 1, "raise")) == 2)
assert((attempts(quick{ retry_kinds = { errors.INTERNAL } }, 1, "text")) == 1)

-- delays: 20, 40, 80 ms, not more than max_delay; numbers are milliseconds
local function took(options, failures)
  local began = time.now()
  local n = attempts(options, failures, errors.UNAVAILABLE)
  return time.now():sub(began):milliseconds(), n
end
local ms, n = took({ retry = { max_attempts = 4, initial_delay = 20, jitter = 0 } }, 3)
assert(n == 4 and ms >= 140, ms)
ms = took({ retry = { max_attempts = 4, initial_delay = "20ms", jitter = 0, backoff_factor = 1 } }, 3)
assert(ms >= 60, ms)
ms = took({ retry = { max_attempts = 4, initial_delay = 5000, max_delay = "10ms", jitter = 0.5 } }, 3)
assert(ms >= 15 and ms < 5000, ms)

-- a retried call sends the same arguments and context again
local value = new:with_context({ who = "me" }):with_options(quick()):call("test:flaky", "context", 2, errors.UNAVAILABLE, nil,
  { payload = ("x"):rep(5000) })
assert(value == "attempt 3")
local seen = funcs.call("test:flaky", "context", "seen")
assert(#seen == 3)
for i = 1, 3 do assert(seen[i].who == "me" and seen[i].extra == 5000, i) end

-- options of the entry are defaults; those of a call replace them key by key
value = funcs.call("test:retried", "defaults", 2)
assert(value == "attempt 3")
value = new:with_options({ timeout = "10s" }):call("test:retried", "kept", 2)
assert(value == "attempt 3")
local _, err = new:with_options({ retry = {} }):call("test:retried", "replaced", 2)
assert(err:message() == "failure 1")

-- the caller ends during a pause: no further attempt
local caller = assert(process.spawn("test:retrier", "test:processes"))
repeat coroutine.yield() until funcs.call("test:flaky", "abandoned", "count") == 1
process.terminate(caller)
time.sleep("30ms")
assert(funcs.call("test:flaky", "abandoned", "count") == 1)
-- the same for a canceled future
local future = new:with_options({ retry = { max_attempts = 9, initial_delay = 15, jitter = 0 } }):async("test:flaky", "canceled",
  100, errors.UNAVAILABLE)
repeat coroutine.yield() until funcs.call("test:flaky", "canceled", "count") == 1
future:cancel()
time.sleep("30ms")
assert(funcs.call("test:flaky", "canceled", "count") == 1)
