-- modules: funcs, time
-- Futures: the channel gives exactly one item and is closed then; the result stays.
local funcs, time = require("funcs"), require("time")

-- success
local f = assert(funcs.async("test:add", 2, 3))
assert(type(f) == "userdata" and type(f.result) == "function" and f.nothing == nil)
local ch = f:channel()
assert(f:response() == ch and f:channel() == ch)
local payload, ok = ch:receive()
assert(ok == true and payload:data() == 5 and payload:get_format() == payload:get_format())
assert(tostring(payload) == "payload{format=lua/any}")
for _ = 1, 3 do
  local value, more = ch:receive()
  assert(value == nil and more == false)
end
assert(f:is_complete() and not f:is_canceled())
for _ = 1, 2 do
  local result, err = f:result()
  assert(result:data() == 5 and err == nil)
end
assert(select("#", f:result()) == 2 and select("#", f:error()) == 2)
local err, failed = f:error()
assert(err == nil and failed == false)
assert(tostring(f) == "Future{complete}")

-- a nil result is a Payload of nil
f = funcs.async("test:ends", "nothing")
payload, ok = f:channel():receive()
assert(ok and payload:data() == nil)
assert(f:result():data() == nil and select(2, f:result()) == nil)

-- failure: an error object, then closed; the kind is kept
f = funcs.async("test:ends", "object")
err, ok = f:channel():receive()
assert(ok == true and err:kind() == errors.CONFLICT and err:message() == "taken" and err:details().by == "me")
assert(select(2, f:channel():receive()) == false)
assert(f:is_complete())
local value
value, err = f:result()
assert(value == nil and err:kind() == errors.CONFLICT and err:retryable() == true)
err, failed = f:error()
assert(failed == true and err:kind() == errors.CONFLICT)

-- pending
f = funcs.async("test:gate")
assert(not f:is_complete() and not f:is_canceled() and tostring(f) == "Future{pending}")
value, err = f:result()
assert(value == nil and err == nil and select("#", f:result()) == 2)
assert(f:error() == nil and select(2, f:error()) == false)
assert(channel.select{ f:channel():case_receive(), default = true }.default)
repeat coroutine.yield() until process.registry.lookup("gate") -- the function registers itself
process.send("gate", "open", 7)
assert(f:channel():receive():data() == 7)

-- the result is here once it has reached the process, received or not; polling sees it
f = funcs.async("test:add", 1, 1)
while not f:is_complete() do end
assert(f:result():data() == 2)
assert(f:channel():receive():data() == 2)
f = funcs.async("test:add", 1, 2)
repeat value = f:result() until value
assert(value:data() == 3)

-- cancel: marks and closes; a result that has come is not shown any more
f = funcs.async("test:sleeper")
local waiting = channel.new(1)
coroutine.spawn(function() waiting:send({ f:channel():receive() }) end)
ok, err = f:cancel()
assert(ok == true and err == nil and f:is_canceled() and not f:is_complete() and tostring(f) == "Future{canceled}")
local got = waiting:receive()
assert(got[1] == nil and got[2] == false)
value, err = f:result()
assert(value == nil and err:kind() == errors.CANCELED and err:message() == "canceled")
assert(f:error() == nil and select(2, f:error()) == false)
assert(f:cancel() == true)
f = funcs.async("test:add", 1, 2)
while not f:is_complete() do coroutine.yield() end
assert(f:cancel() and f:is_canceled() and f:is_complete())
assert(select(2, f:result()):kind() == errors.CANCELED)
value, ok = f:channel():receive()
assert(value == nil and ok == false)

-- select takes the first that is ready; the channel is the very object
local slow, fast = funcs.async("test:sleeper"), funcs.async("test:add", 5, 5)
local r = channel.select{ slow:channel():case_receive(), fast:channel():case_receive() }
assert(r.channel == fast:channel() and r.ok and r.value:data() == 10)
slow:cancel()
local after = time.after("10ms")
slow = funcs.async("test:sleeper")
r = channel.select{ slow:channel():case_receive(), after:case_receive() }
assert(r.channel == after)
slow:cancel()

-- many at the same time, the channel outlives its Future
local channels = {}
for i = 1, 500 do channels[i] = funcs.async("test:add", i, i):channel() end
for i = 1, 500 do assert(channels[i]:receive():data() == 2 * i) end

-- large results are shared, not copied, until asked for
f = funcs.async("test:echo", ("x"):rep(3000000))
payload = f:channel():receive()
assert(#payload:data()[1] == 3000000 and #f:result():data()[1] == 3000000)

-- the callee's own failures to start come through the future
f = assert(funcs.async("test:broken"))
err = f:channel():receive()
assert(err:message():find("broken on purpose", 1, true))

-- in a select with a closed future's channel: ready, not ok
r = channel.select{ f:channel():case_receive() }
assert(r.ok == false and r.value == nil and r.channel == f:channel())

-- wrong self
for _, method in ipairs{ "channel", "response", "result", "error", "cancel", "is_complete", "is_canceled" } do
  local good, message = pcall(f[method], {})
  assert(not good and message:find("Future expected", 1, true), message)
end
