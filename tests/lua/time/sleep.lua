-- modules: time
local function elapsed(f)
    local t = time.now()
    f()
    return time.now():sub(t):nanoseconds()
end
-- never early
assert(elapsed(function() time.sleep("5ms") end) >= 5000000)
assert(elapsed(function() time.sleep(3 * time.MILLISECOND) end) >= 3000000)
assert(elapsed(function() time.sleep(time.parse_duration("2ms")) end) >= 2000000)
assert(elapsed(function() time.sleep(1.5e6) end) >= 1500000)
assert(select("#", time.sleep("1ms")) == 0 and select("#", time.sleep(0)) == 0 and select("#", time.sleep(100)) == 0)
assert(select("#", time.sleep(-5)) == 0 and select("#", time.sleep("-1h")) == 0)

for _, bad in ipairs{"", "soon", "7d", {}, true, 0 / 0, 1 / 0, print} do
    local v, e = time.sleep(bad)
    assert(v == nil and e:kind() == errors.INVALID)
end
assert(select(2, time.sleep()):kind() == errors.INVALID and select(2, time.sleep(nil)):kind() == errors.INVALID)

-- others run meanwhile; sleep(0) lets the ready ones run once
local order = {}
local done = channel.new(3)
for i = 3, 1, -1 do
    coroutine.spawn(function()
        time.sleep(i * 20 * time.MILLISECOND)
        order[#order + 1] = i
        done:send(true)
    end)
end
for _ = 1, 3 do done:receive() end
assert(table.concat(order) == "123")
order = {}
coroutine.spawn(function()
    order[1] = "a"
    time.sleep(0)
    order[#order + 1] = "c"
end)
order[#order + 1] = "b"
time.sleep(0)
order[#order + 1] = "d"
assert(table.concat(order) == "abcd", table.concat(order))

-- through user coroutines, pcall and metamethods
local co = coroutine.wrap(function()
    time.sleep("1ms")
    coroutine.yield(1)
    assert(pcall(time.sleep, "1ms"))
    return 2
end)
assert(co() == 1 and co() == 2)
assert(setmetatable({}, {__index = function(_, k) time.sleep("1ms"); return k end}).key == "key")

-- more sleepers than fit on a few cache lines
for i = 1, 1000 do
    coroutine.spawn(function()
        time.sleep(i % 7 * time.MILLISECOND + 1)
        done:send(i)
    end)
end
local sum = 0
for _ = 1, 1000 do sum = sum + (done:receive()) end
assert(sum == 500500)
