-- modules: events
-- Bad input: what is returned and what is raised.

local function refused(kind, text, ...)
  local value, err = ...
  assert(value == nil, "not refused")
  assert(err:kind() == kind, tostring(err:kind()))
  assert(tostring(err):find(text, 1, true), tostring(err))
  assert(err:retryable() == false)
end

refused(errors.INVALID, "system required", events.subscribe(""))
refused(errors.INVALID, "kind required", events.subscribe("a", ""))
refused(errors.INVALID, "system required", events.send("", "k", "p"))
refused(errors.INVALID, "kind required", events.send("s", "", "p"))
refused(errors.INVALID, "path required", events.send("s", "k", ""))
local long = ("x"):rep(65536)
refused(errors.INVALID, "longer than 65535", events.subscribe(long))
refused(errors.INVALID, "longer than 65535", events.subscribe("a", long))
refused(errors.INVALID, "longer than 65535", events.send(long, "k", "p"))
refused(errors.INVALID, "longer than 65535", events.send("s", long, "p"))
refused(errors.INVALID, "longer than 65535", events.send("s", "k", long))
assert(events.send(long:sub(2), long:sub(2), long:sub(2)))

local function raises(text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and tostring(err):find(text, 1, true), tostring(err))
  return err
end
raises("bad argument #1", events.subscribe)
raises("bad argument #1", events.subscribe, nil)
raises("bad argument #1", events.subscribe, 5)
raises("bad argument #1", events.subscribe, {})
raises("bad argument #2", events.subscribe, "a", 5)
raises("bad argument #1", events.send)
raises("bad argument #1", events.send, 1, "k", "p")
raises("bad argument #2", events.send, "s", nil, "p")
raises("bad argument #3", events.send, "s", "k")
raises("bad argument #3", events.send, "s", "k", true)

-- data that has no plain form
local cycle = {}
cycle.self = { cycle }
local err = raises("contains itself", events.send, "s", "k", "p", cycle)
assert(err:kind() == errors.INVALID)
local deep = {}
for _ = 1, 200 do deep = { deep } end
assert(raises("nested deeper", events.send, "s", "k", "p", deep):kind() == errors.INVALID)
assert(raises("", events.send, "s", "k", "p", ("x"):rep(17 << 20)):kind() == errors.INVALID)

-- methods on something else
local sub = events.subscribe("s")
raises("events.Subscription expected", sub.channel, {})
raises("events.Subscription expected", sub.close, sub:channel())
raises("events.Subscription expected", sub.channel)

-- the module is read-only
raises("read-only", function() events.send = nil end)
