-- What each kind of type accepts.
-- modules: time, channel
local function good(T, ...)
    for i = 1, select("#", ...) do
        local v = (select(i, ...))
        local got, err = T:is(v)
        assert(err == nil and (rawequal(got, v) or v ~= v), tostring(T) .. " refuses " .. tostring(v))
        assert(v ~= v or type(v) == "type" or rawequal(T(v), v))
    end
end
local function bad(T, ...)
    for i = 1, select("#", ...) do
        local v = (select(i, ...))
        local got, err = T:is(v)
        assert(got == nil and err and err:kind() == errors.INVALID, tostring(T) .. " accepts " .. tostring(v))
        local ok, raised = pcall(T, v)
        assert(not ok and raised:message() == err:message())
    end
end

local nan, inf = 0 / 0, 1 / 0
type S = string
type N = number
type I = integer
type B = boolean
type Void = nil
good(S, "", "x"); bad(S, 42, nil, true, {}, print)
good(N, 1, 1.5, -0.0, inf, nan); bad(N, "1", nil, false, {})
good(I, 1, -3, 2.0, 2^60, 1e300); bad(I, 1.5, inf, -inf, nan, "1", nil)
good(B, true, false); bad(B, nil, 0, "true")
good(Void, nil); bad(Void, false, 0)

type A = any
type U = unknown
type Never = never
good(A, nil, 1, "x", {}, print); good(U, nil, 1)
bad(Never, nil, 1, {})

type T = table
type F = function
type Th = thread
type Ud = userdata
type E = error
good(T, {}, string, setmetatable({}, {})); bad(T, nil, "x", print)
good(F, print, function() end); bad(F, setmetatable({}, {__call = print}), {})
good(Th, coroutine.create(print)); bad(Th, print)
good(Ud, time.now(), channel.new(1), Number); bad(Ud, {}, "x")
good(E, errors.new("x")); bad(E, "x", {}, time.now())

type Color = "red" | "green" | 1 | 2.5 | true | -3
good(Color, "red", "green", 1, 1.0, 2.5, true, -3); bad(Color, "blue", 2, false, nil, {})
type One = 1
type Half = 0.5
good(One, 1, 1.0); bad(One, 1.5, "1"); good(Half, 0.5); bad(Half, 1)

type Opt = string?
good(Opt, nil, "x"); bad(Opt, 1, false)
type Either = string | number
good(Either, "x", 1); bad(Either, nil, true)
type Both = {a: number} & {b: string}
good(Both, {a = 1, b = "x"}); bad(Both, {a = 1}, {b = "x"}, 1)

type R = {a: number, b?: string, c: string?, d: any}
good(R, {a = 1, d = false}, {a = 1, b = "x", c = "y", d = {}, extra = 1})
bad(R, {}, {a = 1}, {a = "1", d = 1}, {a = 1, b = 2, d = 1}, {a = 1, c = 2, d = 1}, "x", nil)
type Empty = {}
good(Empty, {}, {1, 2}, {x = 1}); bad(Empty, 1, nil)
type Rest = {a: number, [string]: string}
good(Rest, {a = 1}, {a = 1, b = "x"}); bad(Rest, {a = 1, b = 2}, {a = 1, [1] = "x"}, {b = "x"})

type L = {number}
good(L, {}, {1, 2, 3}, {1, nil, 3}, {1, x = "y"}); bad(L, {1, "x"}, {{}}, "x")
type Postfix = number[]
assert(Postfix == L)
type M = {[string]: number}
good(M, {}, {a = 1, b = 2.5}); bad(M, {a = "x"}, {1}, {[true] = 1}, 1)
type Fn = (number, string) -> boolean
type Fn2 = fun(a: number): string
good(Fn, print); bad(Fn, {}, setmetatable({}, {__call = print})); good(Fn2, print)
type RO = readonly {a: number}
good(RO, {a = 1}); bad(RO, {a = "x"})
type Grouped = (string | number)[]
good(Grouped, {1, "x"}); bad(Grouped, {true})

-- Tables are read raw, read-only ones as what they hold.
bad(R, setmetatable({}, {__index = {a = 1, d = 1}}))
good(R, table.make_immutable({a = 1, d = 1})); bad(R, table.make_immutable({a = "x", d = 1}))
good(M, table.make_immutable({a = 1})); bad(L, table.make_immutable({1, "x"}))

interface Shape
    function area(self): number
    function name(self): string
end
interface Named: Shape
    function title(self): string
end
local class = {area = function() end, name = function() end}
class.__index = class
good(Shape, class, setmetatable({}, class)); bad(Shape, {}, {area = 1, name = print}, "x", 1)
bad(Named, class)
class.title = function() end
good(Named, setmetatable({}, class))
interface Closable function close(self) end
good(Closable, channel.new(1)); bad(Closable, time.now())
type Inline = interface {a: number}
good(Inline, {a = 1}); bad(Inline, {})

type When = {at: time.Duration}
good(When, {at = time.parse_duration("1s")}); bad(When, {at = 1}, {at = time.now()})

-- the method with a colon, the function with a dot
assert(S:is("x") == "x" and S.is("x") == "x")
assert(select("#", S:is("x")) == 2 and S:is() == nil and select(2, Opt:is()) == nil)
assert(S.is(1) == nil and S.is() == nil and select(2, Void.is()) == nil)
local check = S.is
assert(check("x") == "x" and check(1) == nil)
