-- modules: time
local function pack(...) return {n = select("#", ...), ...} end
local function same(a, ...)
    local b = pack(...)
    assert(a.n == b.n, a.n .. " results")
    for i = 1, b.n do assert(a[i] == b[i], i) end
end
same(pack(pcall(function(...) return ... end, 1, nil, 3)), true, 1, nil, 3)
same(pack(pcall(function() end)), true)
same(pack(pcall(error, "x", 0)), false, "x")
assert(not pcall(pcall))
same(pack(pcall(pcall, error)), true, false, nil)
local ok, e = pcall(nil)
assert(ok == false and e:find("attempt to call a nil value"))
ok, e = pcall(function() local x; return x.y end)
assert(not ok and e:match(":%d+: attempt to index a nil value"))

-- xpcall: handler at the point of the error, arguments, results of the handler
same(pack(xpcall(function(...) return ... end, print, 1, 2)), true, 1, 2)
local depth
local function handler(m)
    depth = true
    return "handled " .. m, "dropped"
end
same(pack(xpcall(error, handler, "m", 0)), false, "handled m")
assert(depth)
assert(not pcall(xpcall) and not pcall(xpcall, print) and not pcall(xpcall, print, 1) and not pcall(xpcall, print, {}))
local object = errors.new("o")
same(pack(xpcall(error, function(m) return m end, object)), false, object)
ok, e = xpcall(error, function() error("again") end, "a") -- an error in the handler ends somehow, and in false
assert(ok == false)
same(pack(xpcall(error, pcall, nil)), false, false)

-- blocking inside
same(pack(pcall(function(a)
    time.sleep("1ms")
    return a, 2
end, 1)), true, 1, 2)
same(pack(pcall(function()
    time.sleep("1ms")
    error("late", 0)
end)), false, "late")
same(pack(xpcall(function()
    time.sleep("1ms")
    error("late", 0)
end, handler)), false, "handled late")
same(pack(pcall(pcall, function()
    local ch = channel.new()
    coroutine.spawn(function() ch:send(7) end)
    return (ch:receive())
end)), true, true, 7)
for i = 1, 100 do
    same(pack(pcall(function()
        coroutine.yield()
        if i % 2 == 0 then error(i, 0) end
        return i
    end)), i % 2 == 1, i)
end
