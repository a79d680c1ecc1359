-- Rules that differ from a simpler one in a single case each.
local function message(T, v) return select(2, T:is(v)):message() end

-- One member says what is wrong only if no other has the tag of the value.
type Left = {kind: "same", x: number}
type Right = {kind: "same", y: number}
type Both = Left | Right
assert(message(Both, {kind = "same"}) == "expected Both, got table")

-- What was valid only because a table was being looked at is not remembered.
local many = {}
for i = 1, 50000 do many[i] = i end
type Owner = {a_pad: {number}, kid: Kid, z: string}
type Kid = {up: Owner}
type Other = {a_pad: {number}, kid: Kid}
type OwnerOrOther = Owner | Other
local owner = {a_pad = many, z = 1}
owner.kid = {up = owner}
assert(not OwnerOrOther:is(owner))
owner.z = "x"
assert(OwnerOrOther:is(owner))

-- typeof: what is assigned later may be anything.
local changes, stays = 1, 1
changes = "x"
type Changes = typeof(changes)
type Stays = typeof(stays)
assert(Changes:is("y") and not Stays:is("y"))

-- keyof
type Index = keyof({string})
assert(Index:is(1) and Index:is(2.0) and not Index:is("1") and not Index:is(1.5))

-- texts
type Texts = {a: "\0\1\31\127", b: "\0012\"\\\n", c: {x: number, [string]: boolean}, d: {[string]: boolean}}
assert(tostring(Texts.a) == [["\000\001\031\127"]] and tostring(Texts.b) == [["\0012\"\\\n"]])
assert(tostring(Texts.c) == "{x: number, [string]: boolean}" and tostring(Texts.d) == "{[string]: boolean}")

-- <=
type One = () -> number
type Two = () -> (number, string)
type Three = () -> (number, string, boolean)
assert(not (One <= Two) and Two <= Two and not (Two <= Three))
local two, three = Two:ret(), Three:ret()
assert(two:kind() == "tuple" and not (two <= three) and not (three <= two) and two <= Two:ret())
type Min1 = number @min(1)
type Min2 = number @min(2)
type Min1Again = number @min(1)
assert(not (Min1 <= Min2) and not (Min2 <= Min1) and Min1 <= Min1Again and Min1 ~= Min2 and Min1 == Min1Again)
type Numbers = {number}
type ByName = {[string]: number}
type ByIndex = {[integer]: number}
type ByNumber = {[number]: number}
assert(Numbers <= ByIndex and Numbers <= ByNumber and not (Numbers <= ByName))
assert(not (Unknown <= Number) and not (Unknown <= String) and Unknown <= Any and Unknown <= Unknown)

-- A pair that turned out unrelated takes with it what was assumed because of it.
type Counted = {v: number}
type Named = {v: string}
type Has = {a: Counted, b: Counted}
type First = {a: Named, b: Counted}
type Second = {a: Named}
assert(not (Has <= First) and not (Has <= Second) and Second ~= First)
type Either = First | Second
assert(not (Has <= Either) and First <= Either)
type HasList = {list: {Counted}}
type Lists = {list: {Named}, more: number?} | {list: {Named}}
assert(not (HasList <= Lists) and HasList ~= Lists)

-- All methods of types are asked of the type, not of the library.
for _, answer in ipairs({string:kind(), table:kind()}) do assert(answer == "string" or answer == "table") end
assert(string:name() == nil and string:elem() == nil and string:key() == nil and string:val() == nil)
assert(string:inner() == nil and string:ret() == nil and string:fields() == nil and string:variants() == nil)
assert(string:params() == nil and string:tparams() == nil and table:tparams() == nil and error:tparams() == nil)
assert(string:annotations()() == nil and string:optional("x") == nil and table.tparams(String) == nil)
