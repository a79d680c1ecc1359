-- modules: time
-- Blocking passes through pcall, xpcall, iterators, metamethods and nested user coroutines; where it cannot, a clear error.
local time = require("time")
local function main()
    local ch = channel.new()
    local function feed(v)
        coroutine.spawn(function() time.sleep("1ms") ch:send(v) end)
    end
    local function take(v)
        feed(v)
        return (ch:receive())
    end

    assert(select(2, pcall(take, 1)) == 1)
    assert(select(2, xpcall(take, tostring, 2)) == 2)
    assert(select(2, pcall(pcall, take, 3)) == true)

    -- user coroutines, three deep, resume does not return until the inner one really yields
    local yields = 0
    local co = coroutine.wrap(function()
        local inner = coroutine.wrap(function()
            local deepest = coroutine.wrap(function()
                coroutine.yield(take("deep"))
                return take("deeper")
            end)
            coroutine.yield(deepest())
            coroutine.yield(deepest())
        end)
        coroutine.yield(inner())
        coroutine.yield(inner())
    end)
    assert(co() == "deep")
    yields = yields + 1
    assert(co() == "deeper")

    -- while parked, a coroutine and its resumers are `normal`
    local parked
    parked = coroutine.create(function() return ch:receive() end)
    coroutine.spawn(function()
        local ok, v = coroutine.resume(parked)
        assert(ok and v == "now", tostring(v))
    end)
    assert(coroutine.status(parked) == "normal")
    local ok, msg = coroutine.resume(parked)
    assert(ok == false and msg == "cannot resume non-suspended coroutine")
    ch:send("now")
    coroutine.yield()
    assert(coroutine.status(parked) == "dead")

    -- iterators and metamethods
    local n = 0
    for v in function() n = n + 1 return n <= 3 and take(n) or nil end do assert(v == n) end
    local mt = {
        __index = function(_, k) return take(k) end,
        __newindex = function(t, k, v) rawset(t, k, take(v)) end,
        __call = function(_, v) return take(v) end,
        __add = function(a, b) return take("sum") end,
        __concat = function() return take("cat") end,
        __eq = function() return take(true) end,
        __lt = function() return take(true) end,
        __le = function() return take(false) end,
        __len = function() return take(9) end,
        __unm = function() return take("neg") end,
    }
    local a, b = setmetatable({}, mt), setmetatable({}, mt)
    assert(a.key == "key" and a(5) == 5 and a + b == "sum" and a .. b == "cat" and a == b and a < b and not (a <= b))
    assert(#a == 9 and -a == "neg")
    a.x = 12
    assert(rawget(a, "x") == 12)

    -- errors through blocked frames keep their identity
    local obj = errors.new { message = "late", kind = errors.CONFLICT }
    local fine, err = pcall(function() take(1) error(obj) end)
    assert(not fine and err == obj)
    fine, err = pcall(coroutine.wrap(function() take(1) error("text", 0) end))
    assert(not fine and err:find("text", 1, true))

    -- where it cannot be suspended: a clear error, not a hang and not swallowed
    assert(tostring(setmetatable({}, { __tostring = function() return take("text") end })) == "text")
    fine, err = pcall(string.format, "%s", setmetatable({}, { __tostring = function() return ch:receive() end }))
    assert(not fine and tostring(err):find("cannot block here", 1, true), tostring(err))
end
return { main = main }
