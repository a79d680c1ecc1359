local mt = {}
local t = {}
assert(setmetatable(t, mt) == t and getmetatable(t) == mt)
assert(setmetatable(t, nil) == t and getmetatable(t) == nil)
assert(not pcall(setmetatable) and not pcall(setmetatable, {}) and not pcall(setmetatable, {}, 1))
assert(not pcall(setmetatable, 1, {}) and not pcall(setmetatable, "s", {}) and not pcall(getmetatable))
assert(not pcall(setmetatable, channel.new(), {}))

-- __metatable
t = setmetatable({}, {__metatable = "locked"})
assert(getmetatable(t) == "locked")
local ok, e = pcall(setmetatable, t, {})
assert(not ok and e:find("cannot change a protected metatable"))
assert(getmetatable(setmetatable({}, {__metatable = false})) == false)

-- runtime objects show nothing
assert(getmetatable(channel.new()) == false and getmetatable(errors.new("x")) == false)
assert(getmetatable("") == false and getmetatable(1) == nil and getmetatable(nil) == nil and getmetatable(print) == nil)

-- finalizers never run, and the field stays readable
local ran = false
mt = {__gc = function() ran = true end, __index = {v = 1}}
t = setmetatable({}, mt)
assert(t.v == 1 and mt.__gc and rawget(mt, "__gc"))
t = nil
for i = 1, 200000 do local garbage = {i} end
assert(not ran)
mt = setmetatable({}, {__gc = true})
setmetatable({}, mt).__gc = 1

-- operators through setmetatable of ours
local V = {}
V.__index = V
V.__add = function(a, b) return setmetatable({n = a.n + b.n}, V) end
V.__eq = function(a, b) return a.n == b.n end
V.__lt = function(a, b) return a.n < b.n end
V.__le = function(a, b) return a.n <= b.n end
V.__len = function(a) return a.n end
V.__call = function(self, x) return self.n + x end
V.__concat = function(a, b) return "cat" end
V.__unm = function(a) return setmetatable({n = -a.n}, V) end
function V.new(n) return setmetatable({n = n}, V) end
local a, b = V.new(1), V.new(2)
assert((a + b).n == 3 and a < b and a <= b and a == V.new(1) and #b == 2 and a(10) == 11 and a .. b == "cat" and (-a).n == -1)
