-- modules: funcs, time, system
-- Time limits: TIMEOUT, the callee is ended, and no late reply comes (S22).
local funcs, time, system = require("funcs"), require("time"), require("system")
local inbox, events = process.inbox(), process.events()

local function limited(timeout) return assert(funcs.new():with_options({ timeout = timeout })) end

for _, timeout in ipairs{ 20, 20.5, "20ms", "0.02s" } do
  local began = time.now()
  local value, err = limited(timeout):call("test:sleeper")
  assert(value == nil and err:kind() == errors.TIMEOUT and err:retryable() == false)
  assert(err:message():find("^call of test:sleeper timed out after 20"), err:message())
  local ms = time.now():sub(began):milliseconds()
  assert(ms >= 20 and ms < 3600000, ms)
end
-- in time; no limit
assert(limited("1h"):call("test:sleeper", "1ms") == "slept")
assert(limited(0):call("test:sleeper", "5ms") == "slept")

-- asynchronous
local future = limited(20):async("test:sleeper")
local err, ok = future:channel():receive()
assert(ok and err:kind() == errors.TIMEOUT and select(2, future:channel():receive()) == false)
assert(select(2, future:result()):kind() == errors.TIMEOUT)

-- one that computes is ended too
assert(select(2, limited(20):call("test:spinner")):kind() == errors.TIMEOUT)
while #system.hosts.processes("test:spinner") > 0 do time.sleep("1ms") end

-- the callee's own TIMEOUT is an error like others
local _, own = limited("1h"):call("test:flaky", "own", 1, errors.TIMEOUT)
assert(own:kind() == errors.TIMEOUT and own:message() == "failure 1")

-- while waiting for a state
local blocker = funcs.async("test:gate1", "blocker")
repeat coroutine.yield() until process.registry.lookup("blocker")
assert(select(2, limited(20):call("test:gate1", "other")):kind() == errors.TIMEOUT)
process.send("blocker", "open", 1)
assert(blocker:channel():receive():data() == 1)

-- it bounds all attempts and the pauses between them
local began = time.now()
_, err = funcs.new():with_options({ timeout = 60, retry = { max_attempts = 1000, initial_delay = 25, jitter = 0, backoff_factor = 1 } })
  :call("test:flaky", "bounded", 1000, errors.UNAVAILABLE)
assert(err:kind() == errors.TIMEOUT)
assert(time.now():sub(began):milliseconds() >= 60)
local count = funcs.call("test:flaky", "bounded", "count")
assert(count >= 1 and count <= 3, count)
-- our own limit is not retried
_, err = funcs.new():with_options({ timeout = 10, retry = { max_attempts = 3, initial_delay = 1, retry_kinds = { errors.TIMEOUT } } })
  :call("test:sleeper")
assert(err:kind() == errors.TIMEOUT)

-- an entry's default, and a call that replaces it
_, err = funcs.call("test:limited")
assert(err:kind() == errors.TIMEOUT)
assert(limited("1h"):call("test:limited", "30ms") == "slept")

-- races: results that come about when the time is up are either there or not, and never come later
for _ = 1, 200 do
  local value, why = limited(1):call("test:sleeper", "1ms")
  assert(value == "slept" or why:kind() == errors.TIMEOUT)
end
time.sleep("20ms")
for _, ch in ipairs{ inbox, events } do
  assert(channel.select{ ch:case_receive(), default = true }.default, "a late reply")
end
assert(#system.hosts.processes("test:sleeper") == 0)
