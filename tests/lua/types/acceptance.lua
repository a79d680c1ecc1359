-- The acceptance checks of the specification.
type Pt = {x: number, y: number, tag?: string @min_len(2)}
local v, e = Pt:is({x = 1})
assert(v == nil and e:message() == "y: required field missing", e)
assert(select(2, Pt:is({x=1, y="a"})):message() == "y: expected number, got string")
assert(select(2, Pt:is({x=1, y=2, tag="a"})):details().constraint == "min_len")
assert(Pt.x:kind() == "number" and Pt:name() == "Pt" and tostring(Pt) == "Pt")
type Q = {x: number, y: number, tag?: string}
assert(Integer <= Number and Integer < Number and not (Number < Number))
type Bx<T> = {v: T};  type SB = Bx<string>
assert((SB:is{v = "s"}) and not SB:is{v = 1} and (Bx(Integer):is{v = 3}))
local function two() return 1, 2 end
assert(select("#", two() as number) == 1)
local as, is, type_ = 1, 2, type(3)         -- ordinary names
local a = as
as = 5                                      -- assignment, not a cast
assert(a == 1 and as == 5 and is == 2 and type_ == "number")
