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
    local p = {left = {id = 1, name = "x"}, right = {id = "y"}, base = {id = 2, name = "z"}}
    for k, v in pairs(change) do p[k] = v end
    return p
end
assert(Pair:is(pair{}))
assert(select(2, Pair:is(pair{right = {id = 1}})):message() == "right.id: expected string, got number")
assert(select(2, Pair:is(pair{base = {id = 1}})):message() == "base.name: required field missing")
assert(not Pair:is(pair{secret = {code = "x"}}) and Pair:is(pair{secret = {code = 1}}), "not exported as a value")
assert(s.Secret == nil and not Pair:is(pair{other = {n = "x"}}) and Pair:is(pair{other = {n = 1}}))
assert(rawequal(Pair.left, s.User) and rawequal(Pair.base, s.User) and Pair.right == a.User)
type Missing = {x: s.Nothing}
assert(select(2, Missing:is({x = 1})):message() == "x: unresolved type shapes.Nothing")
type Host = {x: nowhere.Thing}
assert(not Host:is({x = 1}) and tostring(Host.x) == "nowhere.Thing")
