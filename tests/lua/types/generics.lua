-- Generic types, recursive types, both.
type Box<T> = {v: T}
type Pair<A, B> = {a: A, b: B}
type IntBox = Box<integer>
type L<T> = {head: T, tail: L<T>?}
type IntList = L<integer>
type Nested = Box<Box<string>>
type Opt<T> = T | nil
type Result<T, E> = {ok: true, value: T} | {ok: false, error: E}
assert(IntBox:is({v = 1}) and not IntBox:is({v = "x"}) and not IntBox:is({}))
assert(select(2, IntBox:is({v = "x"})):message() == "v: expected integer, got string")
assert(Nested:is({v = {v = "x"}}) and not Nested:is({v = {v = 1}}) and not Nested:is({v = "x"}))
assert(not Box:is({v = 1}), "a generic type without arguments accepts nothing")
local NumBox = Box(Number)
assert(NumBox:is({v = 1.5}) and not NumBox:is({v = "x"}) and NumBox:name() == "Box" and NumBox:kind() == "instantiated")
assert(Box(Integer) == IntBox and rawequal(Box(Number), NumBox))
local P = Pair(String, Box(Integer))
assert(P:is({a = "x", b = {v = 1}}) and not P:is({a = "x", b = {v = "y"}}) and P.b.v == Integer)
assert(Opt(String):is(nil) == nil and select(2, Opt(String):is(nil)) == nil and Opt(String):is("x") and not Opt(String):is(1))
local R = Result(Number, String)
assert(R:is({ok = true, value = 1}) and R:is({ok = false, error = "x"}) and not R:is({ok = true, error = "x"}))
assert(select(2, R:is({ok = true, value = "x"})):message() == "value: expected number, got string")
assert(IntList:is({head = 1}) and IntList:is({head = 1, tail = {head = 2, tail = {head = 3}}}))
assert(select(2, IntList:is({head = 1, tail = {head = 2, tail = {head = "x"}}})):message() ==
    "tail.tail.head: expected integer, got string")
assert(L(String):is({head = "a", tail = {head = "b"}}) and not L(String):is({head = "a", tail = {head = 1}}))
type Bound<T: number> = {v: T}
assert(Bound(String):is({v = "x"}), "constraints are the checker's")
type Grow<T> = {v: T, more: Grow<{T}>?}
type G = Grow<number>
assert(G:is({v = 1, more = {v = {1}, more = {v = {{1}}}}}) and not G:is({v = 1, more = {v = 1}}))
type Wrong = Box<string, number>
assert(select(2, Wrong:is({v = 1})):message() == "unresolved type Box")

local function refused(text, ...)
    local ok, err = pcall(...)
    assert(not ok and tostring(err):find(text, 1, true), tostring(err))
end
refused("Box takes 1 type argument, got 2", Box, Number, String)
refused("IntBox is not generic", IntBox, Number)
refused("number is not generic", Number, String)
refused("called with one value", Number, 1, 2)
refused("got none", Number)
refused("not with both", Box, Number, 1)

type Tree = {value: number, kids: {Tree}}
assert(Tree:is({value = 1, kids = {{value = 2, kids = {}}, {value = 3, kids = {{value = 4, kids = {}}}}}}))
assert(select(2, Tree:is({value = 1, kids = {{value = 2, kids = {{value = "x", kids = {}}}}}})):message() ==
    "kids[1].kids[1].value: expected number, got string")
type Even = {odd: Odd?}
type Odd = {even: Even?, n: number}
assert(Even:is({odd = {n = 1, even = {odd = {n = 2}}}}) and not Even:is({odd = {n = 1, even = {odd = {}}}}))
type Json = nil | boolean | number | string | {Json} | {[string]: Json}
assert(Json:is({a = {1, "x", {b = true}}}) and not Json:is({print}))

-- Values that contain themselves are looked at once.
local t = {value = 1, kids = {}}
t.kids[1] = t
assert(Tree:is(t))
t.kids[2] = {value = "x", kids = {t}}
assert(select(2, Tree:is(t)):message() == "kids[2].value: expected number, got string")
local l = {head = 1}
l.tail = {head = 2, tail = l}
assert(IntList:is(l))
local j = {}
j[1], j.x = j, nil
assert(Json:is(j))

-- Deeper than 64 levels
local function chain(n)
    local list = {head = 1}
    for _ = 2, n do list = {head = 1, tail = list} end
    return list
end
assert(IntList:is(chain(64)))
local v, err = IntList:is(chain(65))
assert(v == nil and err:message():find("recursion limit exceeded", 1, true), err)
type Self = Self
assert(not Self:is(1) and Self:kind() == "recursive")

do
    type Inner = {a: number}
    assert(Inner:is({a = 1}))
end
do
    type Inner = {a: string}
    assert(Inner:is({a = "x"}) and not Inner:is({a = 1}))
end
local function generic<T>(x: T)
    type Local = {v: T}
    return Local:is({v = x})
end
assert(generic(1) and generic("x"))

-- Instances of instances: made at run time, they end somewhere.
type Nest<T> = {v: T}
local nest, depth = Number, 0
local ok, err = pcall(function()
    for i = 1, 100000 do
        nest = Nest(nest)
        depth = i
    end
end)
assert(not ok and tostring(err):find("a type cannot be nested so deeply", 1, true) and depth > 100, tostring(err))
assert(nest:kind() == "instantiated" and not nest:is({}) and rawequal(nest, Nest(nest.v)))
