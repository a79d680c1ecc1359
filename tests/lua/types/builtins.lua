-- The types that need no declaration, as values.
assert(string("x") == "x" and table({}) and string:is("x") == "x" and string:kind() == "string")
assert(string.format("%d", 3) == "3" and ("x"):rep(2) == "xx" and type(string) == "table")
assert(number(1) == 1 and integer(2) == 2 and boolean(false) == false and any(nil) == nil)
assert(number:kind() == "number" and integer.is(1) == 1 and integer.is("x") == nil)
assert(not pcall(number, "1") and not pcall(integer, 1.5) and not pcall(boolean, nil) and not pcall(never, 1))
assert(unknown(1) == 1 and error:is(errors.new("x")) and not error:is("x"))
assert(type(error) == "function" and not pcall(error, "x"))
for name, T in pairs({number = Number, integer = Integer, string = String, boolean = Boolean, any = Any,
    unknown = Unknown, never = Never, ["nil"] = Nil}) do
    assert(type(T) == "type" and T:kind() == name and tostring(T) == name and T:name() == nil, name)
end
assert(rawequal(Number, number) and rawequal(_G.Number, Number) and Number == number)
type S = string
assert(S == String and not rawequal(S, String) and S ~= Number)

-- They may be replaced.
local String = 1
assert(String == 1)
Boolean = "mine"
assert(Boolean == "mine" and rawget(_G, "Boolean") == "mine")
do
    local number = function() return "local" end
    assert(number(1) == "local")
end
local seen = 0
for k, v in pairs(_G) do
    if type(v) == "type" then seen = seen + 1 end
end
assert(seen == 13, seen)
assert(_G.Point == nil)

-- typeof
assert(typeof(1) == Integer and typeof(1.5) == Number)
assert(typeof("x"):kind() == "string" and typeof(nil):kind() == "nil" and typeof({}):kind() == "table")
assert(typeof(print):kind() == "function" and typeof(true):kind() == "boolean")
assert(tostring(typeof(errors.new("x"))) == "error" and typeof(coroutine.create(print)):kind() == "thread")
type Pt = {x: number}
local p: Pt = {x = 1}
assert(rawequal(typeof(p), Pt))
local n = 0
local function count() n = n + 1 return n end
assert(typeof(count()) == Integer and n == 1)
local s: {n: number} = {n = 1}
type Same = typeof(s)
assert(Same == typeof(s) and Same:is({n = 1}) and not Same:is({n = "x"}))
local handlers = {[typeof(1)] = "integer", [typeof("")] = "string"}
assert(handlers[Integer] == "integer" and handlers[typeof("other")] == "string")
assert(not pcall(typeof))
type Key = keyof({a: number, b: string})
assert(Key:is("a") and Key:is("b") and not Key:is("c"))
type At = Pt["x"]
assert(At == Number or At:kind() == "number")
