-- Interfaces whose methods are found by a function that waits, inside of everything that types are made of.
interface Shape
    function area(self): number
    function name(self): string
end
interface Other function zip(self) end
local function f() end
local slow = setmetatable({k = "x"}, {__index = function(_, key) coroutine.yield() return key ~= "zip" and f or nil end})
type U = Other | Shape | string
type I = Shape & {k: string}
type M = {[string]: U}
type O = Shape?
type A = {U} @min_len(2)
type Tagged = {kind: "a", s: Other} | {kind: "b", s: Shape}
coroutine.spawn(function() for i = 1, 100 do coroutine.yield() end end)
assert(U:is(slow) == slow and I:is(slow) == slow and O:is(slow) == slow and M:is({a = slow, b = "x", c = slow}))
assert(A:is({slow, "x", slow}))
local _, e = A:is({slow}) assert(e:message() == "length below minimum")
_, e = A:is({slow, 5}) assert(e:message() == "[2]: expected U, got number", e)
_, e = M:is({a = slow, b = {}}) assert(e:message():find("b: expected U, got table"), e)
assert(Tagged:is({kind = "b", s = slow}))
_, e = Tagged:is({kind = "a", s = slow}) assert(e:message() == "s.zip: required field missing", e)
_, e = I:is(setmetatable({k = 1}, getmetatable(slow) or {__index = function() return f end}))
assert(e and e:message():find("k"), e)
local many = {}
for i = 1, 3000 do many[i] = slow end
assert(A:is(many))
