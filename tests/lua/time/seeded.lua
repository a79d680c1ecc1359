-- modules: time
-- flags: --seed 3
-- environment: TZ=UTC0
-- The clock stands still unless all wait; then it jumps to the next timer, to the nanosecond.
local start = time.now()
assert(start:format(time.RFC3339NANO):sub(1, 17) == "2020-01-01T00:00:")
for _ = 1, 1000 do
    assert(time.now():equal(start))
end
time.sleep("1h")
assert(time.now():sub(start):nanoseconds() == time.HOUR)
local v = time.after("90ms"):receive()
assert(v:sub(start):nanoseconds() == time.HOUR + 90 * time.MILLISECOND)

-- values say when they were due, however late they are received
local due = time.now():add("10ms")
local ch = time.after("10ms")
time.sleep("50ms")
assert(ch:receive():equal(due))
due = time.now()
local ticker = time.ticker("10ms")
time.sleep("55ms")
for i = 1, 5 do
    assert(ticker:channel():receive():equal(due:add(i * 10 * time.MILLISECOND)), i)
end
-- what does not fit is dropped, and the last ones stay
time.sleep("1s")
local last = ticker:channel():receive()
for _ = 2, 16 do
    local tick = ticker:channel():receive()
    assert(tick:sub(last):milliseconds() == 10)
    last = tick
end
assert(last:sub(due):milliseconds() == 1050, last:sub(due):milliseconds())
assert(ticker:channel():receive():sub(due):milliseconds() == 1060)
ticker:stop()
assert(time.now():location():string() == "Local")
