-- What is said about a value that is not of its type, and where.
local function fails(T, v, message, details)
    local got, err = T:is(v)
    assert(got == nil and err, message)
    assert(err:message() == message, err:message() .. " instead of " .. message)
    assert(tostring(err) == message and err:kind() == "Invalid" and err:retryable() == nil)
    local d = err:details()
    for _, key in ipairs({"field", "expected", "got", "constraint"}) do
        if details and details[key] ~= nil then
            assert(d[key] == details[key], key .. " is " .. tostring(d[key]))
        end
    end
    if type(v) == "type" then return end
    local ok, raised = pcall(T, v)
    assert(not ok and type(raised) == "userdata" and raised:message() == message)
end

type Meta = {active: boolean, tags: {string}}
type Address = {street: string, zip: integer}
type User = {name: string, age?: number @min(0) @max(150), meta: Meta, homes: {Address}, scores: {[string]: number}}
local function user(change)
    local u = {name = "a", meta = {active = true, tags = {"x"}}, homes = {{street = "s", zip = 1}}, scores = {k = 1}}
    for k, v in pairs(change) do u[k] = v end
    return u
end
assert(User:is(user{}))
fails(User, nil, "expected User, got nil", {expected = "User", got = "nil"})
assert(User:is(nil) == nil and (select(2, User:is(nil))):details().field == nil)
fails(User, 5, "expected User, got number")
fails(User, user{name = false}, "name: expected string, got boolean", {field = "name", expected = "string", got = "boolean"})
fails(User, user{meta = 1}, "meta: expected Meta, got number")
fails(User, user{meta = {active = 1, tags = {}}}, "meta.active: expected boolean, got number", {field = "meta.active"})
fails(User, user{meta = {active = true, tags = {"a", 2}}}, "meta.tags[2]: expected string, got number")
fails(User, user{meta = {active = true, tags = "a"}}, "meta.tags: expected {string}, got string")
fails(User, user{homes = {{street = "s", zip = 1}, {street = "s"}}}, "homes[2].zip: required field missing",
    {field = "homes[2].zip", expected = "integer", got = "nil"})
fails(User, user{scores = {k = "x"}}, "scores.k: expected number, got string")
fails(User, user{scores = {[7] = 1}}, "scores[7]: expected string, got number")
fails(User, user{age = -1}, "age: value below minimum", {field = "age", constraint = "min"})
fails(User, user{age = 151}, "age: value above maximum", {constraint = "max"})
fails(User, user{age = "x"}, "age: expected number, got string")

type Numbers = {number}
type Ages = {[string]: integer}
type Nested = {{number}}
fails(Numbers, {1, {}}, "[2]: expected number, got table", {field = "[2]"})
fails(Numbers, "x", "expected {number}, got string")
fails(Ages, {[true] = 1}, "[true]: expected string, got boolean")
fails(Ages, {a = 1.5}, "a: expected integer, got number")
fails(Nested, {{1}, {2, "x"}}, "[2][2]: expected number, got string")
type ByNumber = {[number]: string}
fails(ByNumber, {[2.5] = 1}, "[2.5]: expected string, got number")
fails(ByNumber, {x = "y"}, "[x]: expected number, got string")
type F = fun(a: number): string
fails(F, {}, "expected function, got table")
type Word = string
fails(Word, 1, "expected string, got number")
fails(Word, print, "expected string, got function")
fails(Word, Number, "expected string, got type")
fails(Word, errors.new("x"), "expected string, got userdata")
fails(Word, coroutine.create(print), "expected string, got thread")
type Opt = number?
fails(Opt, "x", "expected number?, got string")
type Name = string @min_len(2) @max_len(4) @pattern("^[a-z]+$")
fails(Name, "a", "length below minimum", {constraint = "min_len"})
fails(Name, "abcde", "length above maximum", {constraint = "max_len"})
fails(Name, "AB", "pattern mismatch", {constraint = "pattern"})
fails(Name, 1, "expected string, got number")
type Broken = string @pattern("(")
fails(Broken, "x", "invalid regex", {constraint = "pattern"})
type Lost = {a: Nowhere}
fails(Lost, {a = 1}, "a: unresolved type Nowhere")

-- A union reports itself, unless a tag says which member was meant.
type Either = string | number
fails(Either, true, "expected Either, got boolean")
type Field = {v: string | number}
fails(Field, {v = true}, "v: expected string | number, got boolean", {field = "v"})
fails(Field, {v = {}}, "v: expected string | number, got table")
type Circle = {kind: "circle", r: number}
type Square = {kind: "square", side: number}
type Shape = Circle | Square
type Shapes = {Shape}
assert(Shape:is({kind = "circle", r = 1}) and Shape:is({kind = "square", side = 1}))
fails(Shape, {kind = "circle"}, "r: required field missing", {field = "r"})
fails(Shape, {kind = "square", side = "x"}, "side: expected number, got string")
fails(Shape, {kind = "line"}, "expected Shape, got table")
fails(Shape, {}, "expected Shape, got table")
fails(Shapes, {{kind = "circle", r = 1}, {kind = "square"}}, "[2].side: required field missing")
type Deep = {a: {b: Shape} | {c: number}}
fails(Deep, {a = {b = {kind = "circle", r = "x"}}}, "a: expected {b: Shape} | {c: number}, got table")
assert(Deep:is({a = {c = 1}}) and Deep:is({a = {b = {kind = "square", side = 1}}}))
type Mixed = {string} | {kind: "x", n: number}
assert(Mixed:is({"a"}) and Mixed:is({}) and Mixed:is({kind = "x"}))
type All = {a: number} & {b: string}
fails(All, {a = 1}, "b: required field missing")

local ok, err = pcall(function() return User({}) end)
assert(not ok and err:kind() == errors.INVALID and err:message():find("required field missing", 1, true))
assert(not pcall(string, 42) and string("x") == "x")
