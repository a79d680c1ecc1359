-- Types of other modules.
-- imports: shapes=test:shapes, again=test:shapes_again
local s = require("shapes")
local a = require("again")
type Pair = {left: s.User, right: a.User, base: a.Base, secret?: s.Secret, box: s.Box<number>?, other: s.Other?}
assert(s.User:is({id = 1, name = "x"}) and not s.User:is({id = "x"}))
assert(s.same(s.User) and a.check({id = 1, name = "x"}) and rawequal(a.Base, s.User))
assert(s.User ~= a.User and s.User:name() == "User" and a.User:name() == "User" and not rawequal(s.User, a.User))
assert(s.Box(Number):is({v = 1}) and not s.Box(Number):is({v = "x"}))
local function pair(change)
    local p = {left = {id = 1, name = "x"}, right = {id = "y"}, base = {id = 2, name = "z"}, box = {v = 5}}
    for k, v in pairs(change) do p[k] = v end
    return p
end
assert(Pair:is(pair{}))
assert(select(2, Pair:is(pair{box = {v = "x"}})):message() == "box.v: expected number, got string")
assert(select(2, Pair:is(pair{right = {id = 1}})):message() == "right.id: expected string, got number")
assert(select(2, Pair:is(pair{base = {id = 1}})):message() == "base.name: required field missing")
assert(not Pair:is(pair{secret = {code = "x"}}) and Pair:is(pair{secret = {code = 1}}), "not exported as a value")
assert(s.Secret == nil and not Pair:is(pair{other = {n = "x"}}) and Pair:is(pair{other = {n = 1}}))
assert(rawequal(Pair.left, s.User) and rawequal(Pair.base, s.User) and Pair.right == a.User)
type Missing = {x: s.Nothing}
assert(select(2, Missing:is({x = 1})):message() == "x: unresolved type shapes.Nothing")
type Host = {x: nowhere.Thing}
assert(not Host:is({x = 1}) and tostring(Host.x) == "nowhere.Thing")

-- Generic types of other modules, with arguments.
local function message(T, v) return select(2, T:is(v)):message() end
type Whole = s.Box<integer>
type Users = {s.Box<s.User>}
type Either = s.Box<string> | number
type Wrapped<T> = {w: s.Box<T>, more: Wrapped<T>?}
type Words = Wrapped<string>
type Deep = a.Holder<s.Box<a.User>>
assert(Whole:is({v = 1}) and message(Whole, {v = "x"}) == "v: expected integer, got string")
assert(Whole == s.Box(Integer) and rawequal(Pair.box:inner(), s.Box(Number)) and Pair.box:inner():name() == "Box")
assert(Users:is({{v = {id = 1, name = "x"}}}) and message(Users, {{v = {id = 1}}}) == "[1].v.name: required field missing")
assert(Either:is(1) and Either:is({v = "x"}) and not Either:is({v = 1}) and not Either:is("x"))
assert(Words:is({w = {v = "x"}}) and message(Words, {w = {v = 1}}) == "w.v: expected string, got number")
assert(Words:is({w = {v = "x"}, more = {w = {v = "y"}}}) and not Words:is({w = {v = "x"}, more = {w = {v = 1}}}))
assert(Wrapped(Number):is({w = {v = 1}}) and message(Wrapped(Number), {w = {v = "x"}}) == "w.v: expected number, got string")
assert(Deep:is({held = {v = {id = "x"}}, boxed = {v = {v = {id = "y"}}}}))
assert(message(Deep, {held = {v = {id = 1}}, boxed = {v = {v = {id = "y"}}}}) == "held.v.id: expected string, got number")
assert(message(Deep, {held = {v = {id = "x"}}, boxed = {v = {v = {id = 1}}}}) == "boxed.v.v.id: expected string, got number")
type Many = {x: s.Box<string, number>}
type Plain = {x: s.User<string>}
type Nowhere = {x: s.Nothing<string>}
type Measured = {x: s.Measured<string>}
interface Longer: s.Measured<string> end
assert(message(Many, {x = {v = "x"}}) == "x: unresolved type shapes.Box")
assert(message(Plain, {x = {id = 1, name = "x"}}) == "x: unresolved type shapes.User")
assert(message(Nowhere, {x = 1}) == "x: unresolved type shapes.Nothing")
assert(not Measured:is({x = {measure = print}}) and not Longer:is({measure = print}))
assert(not s.Box:is({v = 1}), "a generic type without arguments accepts nothing")
