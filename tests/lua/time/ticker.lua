-- modules: time
local before = time.now()
local t = time.ticker("2ms")
local ch = t:channel()
assert(ch == t:response())
local first = ch:receive()
assert(first:sub(before):milliseconds() >= 2)
local last = first
for i = 2, 5 do
    local v, ok = ch:receive()
    assert(ok and not v:before(last))
    last = v
end
-- nobody takes them: 16 wait, the others are dropped
time.sleep("100ms")
local waiting = 0
while true do
    local r = channel.select({ch:case_receive()}, true)
    if r.default then break end
    waiting = waiting + 1
end
assert(waiting >= 15 and waiting <= 17, waiting)
assert(t:stop() == true and t:stop() == true)
while true do -- what arrived before the stop may still be there; then the end
    local v, ok = ch:receive()
    if not ok then
        assert(v == nil)
        break
    end
end

-- a waiting receiver is released by stop
t = time.ticker("1h")
local got = channel.new(1)
coroutine.spawn(function() got:send{t:channel():receive()} end)
t:stop()
local r = got:receive()
assert(r[1] == nil and r[2] == false)
assert(tostring(t) == "time.Ticker{}" and t.reset == nil and not pcall(t.stop) and not pcall(t.stop, time.timer("1h")))

-- a period shorter than anything: the process still gets to do something else
t = time.ticker(1)
local started = time.now()
for _ = 1, 100 do
    assert(t:channel():receive())
end
local n = 0
repeat
    n = n + 1
until time.now():sub(started):milliseconds() >= 20
assert(n > 0)
time.sleep("5ms")
assert(t:stop() == true)
t = time.ticker(math.maxinteger) -- and one longer than anybody waits
assert(channel.select({t:channel():case_receive()}, true).default and t:stop() == true)
assert(time.timer(math.maxinteger):stop() == true)
