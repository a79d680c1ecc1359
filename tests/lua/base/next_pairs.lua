local t = {10, 20, 30, x = 1, y = 2}
local n, sum = 0, 0
for k, v in pairs(t) do
    n = n + 1
    sum = sum + v
end
assert(n == 5 and sum == 63)
assert(next({}) == nil and select("#", next({})) == 1)
assert(pairs({}) == next)
local k, v = next({5})
assert(k == 1 and v == 5 and next({5}, 1) == nil)
assert(not pcall(next, {}, "absent") and not pcall(next) and not pcall(next, nil) and not pcall(next, "s"))
assert(not pcall(pairs) and not pcall(ipairs))
assert(not pcall(function() for _ in pairs(nil) do end end))
assert(not pcall(function() for _ in ipairs(nil) do end end))

-- fields removed on the way
t = {}
for i = 1, 100 do t[i] = i; t["k" .. i] = i end
n = 0
for key in pairs(t) do
    t[key] = nil
    n = n + 1
end
assert(n == 200 and next(t) == nil)

-- with a metatable: raw content, __pairs honoured, three values
local mt = setmetatable({a = 1}, {__index = {b = 2}})
n = 0
for key in pairs(mt) do n = n + 1; assert(key == "a") end
assert(n == 1)
local p = setmetatable({}, {__pairs = function(self) return function(_, i) if i < 3 then return i + 1, self end end, self, 0, 9 end})
n = 0
for i, self in pairs(p) do n = n + i; assert(self == p) end
assert(n == 6 and select("#", pairs(p)) == 3)
-- a __pairs that blocks
local done
p = setmetatable({}, {__pairs = function() coroutine.yield(); done = true; return next, {1}, nil end})
n = 0
for _ in pairs(p) do n = n + 1 end
assert(done and n == 1)

-- ipairs stops at the first nil and honours __index
n = 0
for i, value in ipairs{1, 2, nil, 4} do n = n + i; assert(i == value) end
assert(n == 3)
n = 0
for i, value in ipairs(setmetatable({}, {__index = function(_, i) if i < 5 then return i * i end end})) do
    n = n + value
end
assert(n == 30)
-- an iterator that blocks
n = 0
for i in function(_, i) coroutine.yield(); if i < 3 then return i + 1 end end, nil, 0 do n = n + i end
assert(n == 6)
