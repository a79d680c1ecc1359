-- Equality, subtypes, identity.
type A = {x: number, y?: string}
type B = {y?: string, x: number}
type C = {x: integer}
type D = {x: integer, z: boolean}
assert(A == B and not rawequal(A, B) and A ~= C and A == A and not (A == 1) and A ~= nil)
assert(C <= A and not (A <= C) and D <= C and D < C and not (C < C) and C <= C)
assert(Integer <= Number and not (Number <= Integer) and Never <= String and String <= Unknown)
assert(Any <= Number and Number <= Any and not (Unknown <= Number))
type Lit = "a" | "b"
type Lit2 = "b" | "a"
type Lit3 = "a" | "b" | "c"
type S = string
assert(Lit == Lit2 and Lit <= Lit3 and not (Lit3 <= Lit) and Lit <= S and Lit < Lit3)
type Five = 5
type Real = 5.5
assert(Five <= Integer and Five <= Number and Real <= Number and not (Real <= Integer))
type Opt = string?
assert(S <= Opt and not (Opt <= S) and Nil <= Opt)
type U = string | number
assert(S <= U and Integer <= U and not (U <= S))
type Arr = {number}
type IntArr = {integer}
type Map = {[string]: number}
type IntMap = {[string]: integer}
type NumMap = {[number]: number}
type E = {}
type Tab = table
assert(IntArr <= Arr and not (Arr <= IntArr) and not (IntMap <= Map) and Map <= Map and E <= Arr and E <= Map)
assert(Arr <= NumMap and C <= Map and Arr <= Tab and Map <= Tab and A <= Tab and Tab <= Arr)
type Rec = {a: number, b: number}
assert(Rec <= Map)
type F1 = (number) -> string
type F2 = (integer) -> string?
type F3 = (a: number) -> string
assert(F1 <= F2 and not (F2 <= F1) and F1 == F3)
type Fun = function
assert(F1 <= Fun)
type Strict = string @min_len(2)
assert(Strict <= S and not (S <= Strict) and Strict ~= S)
type Both = {x: number} & {y?: string}
assert(Both <= C == false and Both:is({x = 1}))
interface Run function run(self) end
type Runner = {run: (any) -> (), extra: number}
assert(Runner <= Run and not (A <= Run))
type T1 = {v: number, next: T1?}
type T2 = {v: number, next: T2?}
type T3 = {v: integer, next: T3?}
assert(T1 == T2 and T3 <= T1 and not (T1 <= T3) and T3 < T2 and T1 ~= T3)
type G<T> = {v: T}
type G2<T> = {v: T}
assert(G(Number) == G(Number) and rawequal(G(Number), G(Number)) and G(Number) ~= G(String) and G(Integer) <= G(Number))
assert(G == G and G ~= G2)

-- As keys: one alias is one value, and so are equal anonymous types.
local t = {[A] = "a", [B] = "b"}
assert(t[A] == "a" and t[B] == "b" and t[C] == nil)
type P1 = {f: {number}, g: {number}}
type P2 = {h: {number}}
assert(rawequal(P1.f, P1.g) and rawequal(P1.f, P2.h) and P1.f == P2.h)

-- what is no comparison
for _, f in ipairs({function() return A <= 1 end, function() return 1 < A end, function() return A < {} end,
    function() return #A end, function() return A .. "x" end, function() return A + 1 end, function() A.x = 1 end,
    function() return -A end, function() setmetatable(A, {}) end}) do
    local ok, err = pcall(f)
    assert(not ok, "allowed")
end
local ok, err = pcall(function() return A < 1 end)
assert(tostring(err):find("attempt to compare", 1, true))
assert(getmetatable(A) == "type" and type(A) == "type")

-- What a type cannot do is said of a type.
type Fixed = {x: number}
local function refused(f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok)
  return (tostring(message):gsub("^[^ ]* ", ""))
end
local held = Fixed
assert(refused(function() Fixed.x = 3 end):find("attempt to index a type value", 1, true))
assert(refused(function() held.x = 3 end) == "attempt to index a type value (upvalue 'held')")
assert(refused(function() return Fixed + 1 end):find("attempt to perform arithmetic on a type value", 1, true))
assert(refused(function() return #held end) == "attempt to get length of a type value (upvalue 'held')")
assert(refused(function() return held .. "x" end) == "attempt to concatenate a type value (upvalue 'held')")
assert(refused(function() Number.x = 3 end) == "attempt to index a type value (global 'Number')")
-- What unions and intersections come down to; they are shown as they were written.
local function same(A, B) assert(A == B and B == A and A <= B and B <= A, tostring(A) .. " and " .. tostring(B)) end
type Num = number
type Norm = {
    a: integer | number, b: "a" | string, c: any | string, d: (number | string)?, e: number | string | nil, f: Num | number,
    g: any & string, h: {x: number} & {y: string}, i: {x: number, y: string}, j: never | string, k: (Opt | number)?,
    l: 1 | 2.5 | number, m: 1 | integer, n: true | boolean, o: {y: string} & {x: number} & any, p: any & any, q: Opt | nil,
    r: {integer | number}, s: {number}, t: ({x: number} & {y: string}) | nil, u: {y: string, x: number}?, v: 1 | string,
    w: (Nilly | string), x: ({x: number} & {x: number}), y: {x: number},
}
type Nilly = nil | Opt
same(Norm.a, Number) same(Norm.b, String) same(Norm.c, Any) same(Norm.d, Norm.e) same(Norm.f, Number) same(Norm.g, String)
same(Norm.h, Norm.i) same(Norm.j, String) same(Norm.k, Norm.d) same(Norm.l, Number) same(Norm.m, Integer) same(Norm.n, Boolean)
same(Norm.o, Norm.i) same(Norm.p, Any) same(Norm.q, Opt) same(Norm.r, Norm.s) same(Norm.t, Norm.u) same(Norm.w, Opt) same(Norm.x, Norm.y)
assert(Norm.v ~= String and Norm.v ~= Norm.d and not (Norm.v <= String) and Norm.g ~= Any and Norm.h ~= Norm.y and Norm.d ~= Opt)
assert(tostring(Norm.a) == "integer | number" and tostring(Norm.b) == '"a" | string' and tostring(Norm.g) == "any & string")
local shown = {}
for T in Norm.b:variants() do shown[#shown + 1] = tostring(T) end
assert(table.concat(shown, " ") == '"a" string')
type Knot = Knot | number
assert(Knot == Knot and Knot ~= Number)

-- Fields: absent and nil, read and assigned.
type F = {
    nilable: {x: number?}, absent: {x?: number}, text: {x?: string}, empty: {}, int: {x: integer}, num: {x: number},
    one: {x: "a"}, two: {x: "a" | "b"}, str: {x: string}, strnum: {x: string | number}, fixed: readonly {x: number},
    fixedint: readonly {x: integer}, deep: {p: {x: number, y: number}}, flat: {p: {x: number}}, deepint: {p: {x: integer, y: number}},
    read: readonly {p: {x: number}}, open: {x: any}, unknown: {x: unknown}, onenil: {x?: "a"}, ints: {x: {integer}}, nums: {x: {number}},
    fixedarr: readonly {number}, arr: {number}, fixedmap: readonly {[string]: number}, map: {[string]: number}, opened: {[string]: unknown},
    give: {f: () -> integer}, gives: {f: () -> number}, isa: {x: number} & {y: string}, isb: {x: integer, y: string, z: boolean},
    merged: {x: number, y: string},
}
local function below(A, B) assert(A <= B, tostring(A) .. " <= " .. tostring(B)) end
local function above(A, B) assert(not (A <= B), tostring(A) .. " <= " .. tostring(B)) end
below(F.nilable, F.absent) below(F.absent, F.nilable) above(F.absent, F.num) above(F.nilable, F.num) below(F.empty, F.nilable)
below(F.num, F.nilable) below(F.num, F.absent) above(F.num, F.text) above(F.nilable, F.text) above(F.absent, F.text)
below(F.int, F.num) above(F.num, F.int) below(F.one, F.str) below(F.two, F.str) above(F.str, F.one) above(F.one, F.two)
below(F.str, F.strnum) below(F.one, F.strnum) below(F.int, F.strnum) above(F.strnum, F.str) below(F.one, F.onenil)
above(F.fixed, F.num) below(F.num, F.fixed) below(F.int, F.fixed) below(F.fixedint, F.fixed) above(F.fixed, F.fixedint)
above(F.deep, F.flat) below(F.deep, F.read) below(F.deepint, F.deep) above(F.deep, F.deepint) below(F.num, F.open)
below(F.open, F.num) below(F.num, F.unknown) above(F.unknown, F.num) below(F.ints, F.nums) above(F.nums, F.ints)
above(F.fixedarr, F.arr) below(F.arr, F.fixedarr) above(F.fixedmap, F.map) below(F.map, F.fixedmap) below(F.map, F.opened)
above(F.give, F.gives) above(F.gives, F.give) below(F.give, F.give)
below(F.isa, F.merged) below(F.merged, F.isa) below(F.isb, F.isa) above(F.isa, F.isb) below(F.isa, F.num) above(F.num, F.isa)
interface Named function name(self): string end
interface Sized function size(self): number end
interface Both2: Named, Sized end
type Parts = {name: (any) -> string} & {size: (any) -> number}
assert(Parts <= Both2 and Parts <= Named and not (Parts <= F.num))
