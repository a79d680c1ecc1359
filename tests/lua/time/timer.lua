-- modules: time
-- fires once
local t = time.timer("2ms")
assert(type(t) == "userdata" and t:channel() == t:response() and t:channel() == t:channel())
local v, ok = t:channel():receive()
assert(ok and v:unix() > 0)
v, ok = t:channel():receive()
assert(v == nil and ok == false)
assert(t:stop() == false and t:reset("1ms") == false)
v, ok = t:channel():receive()
assert(v == nil and ok == false)

-- stopped while pending: the waiting receiver is released
t = time.timer("1h")
local got = channel.new(1)
coroutine.spawn(function()
    local value, alive = t:channel():receive()
    got:send{value, alive}
end)
assert(t:stop() == true and t:stop() == false)
local pair = got:receive()
assert(pair[1] == nil and pair[2] == false)
assert(t:reset("1ms") == false)

-- fired but not received yet: stop takes nothing back, the end comes after the value
t = time.timer("1ms")
time.sleep("10ms")
assert(t:stop() == false and t:stop() == false)
v, ok = t:channel():receive()
assert(v ~= nil and ok == true)
v, ok = t:channel():receive()
assert(v == nil and ok == false)

-- reset while pending: later, and only once
local before = time.now()
t = time.timer("1ms")
assert(t:reset("30ms") == true)
v, ok = t:channel():receive()
assert(ok and v:sub(before):milliseconds() >= 30)
v, ok = t:channel():receive()
assert(not ok)
-- reset to earlier
t = time.timer("1h")
assert(t:reset(time.MILLISECOND) == true and t:channel():receive() ~= nil)
-- reset many times
t = time.timer("1ms")
for i = 1, 200 do assert(t:reset("20ms") == true, i) end
assert(t:channel():receive() ~= nil and t:channel():receive() == nil)

for _, bad in ipairs{0, -1, "", "x", {}, true, 0 / 0} do
    assert(not pcall(t.reset, t, bad))
end
assert(not pcall(t.reset, t) and not pcall(t.reset) and not pcall(t.stop, {}) and not pcall(t.channel))
assert(tostring(t) == "time.Timer{}" and type(t.stop) == "function" and t.nothing == nil)

-- the timer object may be forgotten: its channel still works
local ch = time.timer("5ms"):channel()
for _ = 1, 100000 do local garbage = {} end
assert(ch:receive() ~= nil)
-- and many of them cost nothing that stays
for _ = 1, 20000 do time.timer("1h"):stop() end
