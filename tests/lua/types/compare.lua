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
