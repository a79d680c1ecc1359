-- Annotations: on names, elements, members, keys and values.
type Age = number @min(0) @max(150)
assert(Age:is(0) and Age:is(150) and Age:is(0.5) and not Age:is(-1) and not Age:is(150.5) and not Age:is(0 / 0))
type Big = number @min(9007199254740993)
assert(Big:is(9007199254740993) and not Big:is(9007199254740992) and Big:is(1e300))
type Half = number @min(0.5) @max(-0.5)
assert(not Half:is(0) and not Half:is(1))
type Name = string @min_len(2) @max_len(3)
assert(Name:is("ab") and Name:is("abc") and not Name:is("a") and not Name:is("abcd") and not Name:is("é" .. "éé"))
type Some = {number} @min_len(1) @max_len(2)
assert(Some:is({1}) and not Some:is({}) and not Some:is({1, 2, 3}) and not Some:is({"x"}))
type Each = {number @min(0)}
assert(Each:is({0, 1}) and not Each:is({1, -1}))
assert(select(2, Each:is({1, -1})):message() == "[2]: value below minimum")
type One = string @min_len(3) | number
assert(One:is("abc") and One:is(1) and not One:is("ab"))
type Keys = {[string @pattern("^k")]: number @max(9)}
assert(Keys:is({k1 = 9}) and not Keys:is({x = 1}) and not Keys:is({k = 10}))
assert(select(2, Keys:is({x = 1})):message() == "[x]: pattern mismatch")
type Opt = string @min_len(2)?
assert(select(2, Opt:is(nil)) == nil and Opt:is("ab") and not Opt:is("a"))
type Rec = {id: string @pattern("^[a-z]+-[0-9]+$"), n?: number @min(1)}
assert(Rec:is({id = "ab-12"}) and not Rec:is({id = "ab"}) and not Rec:is({id = "ab-1", n = 0}))
type Part = string @pattern("b+")
assert(Part:is("abbc") and not Part:is("ac"), "not anchored")
type Utf = string @pattern("^.$")
assert(Utf:is("é") and not Utf:is("ab"))
-- ignored: on values of another kind, with an unknown name, without an argument
type Odd = string @min(3) | number @min_len(9) | boolean @pattern("x")
assert(Odd:is("x") and Odd:is(1) and Odd:is(true))
type Unknown1 = string @colour("red") @min_len
assert(Unknown1:is("") and Unknown1:is("x"))
type Alias = Age
assert(not Alias:is(-1) and Alias:kind() == "number")
type AnyNumber = any @min(3)
assert(AnyNumber:is("x") and AnyNumber:is(3) and not AnyNumber:is(2))
type Twice = (string @min_len(2)) @max_len(3)
assert(Twice:is("ab") and not Twice:is("a") and not Twice:is("abcd"))
for _ = 1, 3 do assert(Part:is("b")) end
