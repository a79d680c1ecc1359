-- modules: time
local before = time.now()
local ch = time.after("5ms")
local v, ok = ch:receive()
assert(ok == true and type(v) == "userdata" and v:sub(before):milliseconds() >= 5)
v, ok = ch:receive()
assert(v == nil and ok == false)

for _, bad in ipairs{0, -1, "0s", "-1s", "", "soon", {}, true, 0 / 0} do
    for _, f in ipairs{time.after, time.timer, time.ticker} do
        local none, e = f(bad)
        assert(none == nil and e:kind() == errors.INVALID and e:retryable() == false)
    end
end
for _, f in ipairs{time.after, time.timer, time.ticker} do
    assert(select(2, f()):kind() == errors.INVALID)
end

-- in a select, as time-out; the channel is the very same object
local work = channel.new()
local timeout = time.after(time.parse_duration("2ms"))
local r = channel.select{work:case_receive(), timeout:case_receive()}
assert(r.channel == timeout and r.ok and r.value:unix() > 0)

-- not yet fired: nothing to take
local later = time.after("1h")
assert(channel.select({later:case_receive()}, true).default)

-- the earlier one first, whatever order they were made in
local slow, fast = time.after("40ms"), time.after("1ms")
assert(channel.select{slow:case_receive(), fast:case_receive()}.channel == fast)

-- fired long before somebody asks
local early = time.after("1ms")
time.sleep("10ms")
local r2 = channel.select({early:case_receive()}, true)
assert(r2.channel == early and r2.value ~= nil)
