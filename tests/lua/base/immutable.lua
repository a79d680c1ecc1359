local function refused(f, ...)
    local ok, e = pcall(f, ...)
    assert(not ok and e:find("read%-only"), tostring(e))
end
local t = {1, 2, 3, name = "n", inner = {v = 1}}
assert(table.make_immutable(t) == t and table.is_immutable(t) and not table.is_immutable({}) and not table.is_immutable(t.inner))
refused(function() t.name = "x" end)
refused(function() t.new = 1 end)
refused(function() t[4] = 4 end)
refused(function() t[1] = nil end)
refused(rawset, t, "name", 1)
refused(table.insert, t, 4)
refused(table.remove, t)
refused(table.sort, t, function(a, b) return a > b end)
t.inner.v = 2

-- reading is as before
assert(t.name == "n" and t[2] == 2 and #t == 3 and t.inner.v == 2 and t.nothing == nil)
assert(rawget(t, "name") == "n" and rawget(t, 3) == 3 and rawget(t, "nothing") == nil)
local count = 0
for k, v in pairs(t) do
    count = count + 1
    assert(t[k] == v)
end
assert(count == 5 and next(t) ~= nil)
count = 0
for _, v in ipairs(t) do count = count + v end
assert(count == 6 and table.concat(t, ",") == "1,2,3" and select("#", table.unpack(t)) == 3)
assert(table.make_immutable(t) == t)
assert(getmetatable(t) == nil and not pcall(setmetatable, t, {}))
assert(next(table.make_immutable({})) == nil)
refused(function() table.make_immutable({}).x = 1 end)

-- a class that was frozen after and before its first object
local C = {kind = "c"}
C.__index = C
function C.new(n) return setmetatable({n = n}, C) end
function C:twice() return 2 * self.n end
C.__eq = function(a, b) return a.n == b.n end
C.__tostring = function(self) return "C" .. self.n end
local early = C.new(1)
table.make_immutable(C)
local late = C.new(1)
assert(early:twice() == 2 and late:twice() == 2 and early == late and tostring(late) == "C1" and late.kind == "c")
refused(function() C.kind = "d" end)
assert(getmetatable(late) == C)

-- an object with a metatable
local seen
local mt = {__index = function(self, k) seen = self; return k .. "!" end, __call = function(_, x) return x end, __len = function() return 42 end}
local o = table.make_immutable(setmetatable({v = 1}, mt))
assert(o.v == 1 and o.other == "other!" and seen == o and o(3) == 3 and #o == 42 and getmetatable(o) == mt and rawget(o, "other") == nil)
refused(function() o.v = 2 end)
-- __index that blocks
o = table.make_immutable(setmetatable({}, {__index = function(_, k) coroutine.yield(); return k end}))
assert(o.later == "later")

-- sent to another process it arrives whole, as an ordinary table
local inbox = process.inbox()
process.send(process.pid(), "t", table.make_immutable{1, 2, a = {b = 3}})
local copy = inbox:receive():payload():data()
assert(#copy == 2 and copy.a.b == 3)
copy.a = nil
assert(errors.new{message = "m", details = table.make_immutable{k = "v"}}:details().k == "v")
