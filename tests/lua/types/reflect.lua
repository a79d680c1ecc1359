-- What a type tells about itself.
local function list(iterator)
    local all = {}
    for a, b in iterator do
        all[#all + 1] = b == nil and tostring(a) or tostring(a) .. "=" .. tostring(b)
    end
    return table.concat(all, ", ")
end
type User = {label: string @min_len(1), age?: number, tags: {string}}
type Id = string | integer
type Level = "low" | "high" | 3
type Maybe = User?
type Scores = {[string]: number}
type Handler = (User, number) -> boolean
type Two = () -> (string, error?)
type Proc = (string) -> ()
type Box<T, U: number> = {v: T, n: U}
type IntBox = Box<integer, number>
type Named = string @min_len(2) @pattern("^a") @unknown @flag(true) @half(0.5)
type Tree = {value: number, kids: {Tree}}
interface Reader function read(self, n: number): string end

assert(User:kind() == "record" and User:name() == "User")
assert(list(User:fields()) == "age=number, label=string @min_len(1), tags={string}")
assert(User.label:kind() == "string" and User.age == Number and User.tags:elem() == String and User.none == nil)
assert(User:optional("age") == true and User:optional("label") == false and User:optional("none") == nil)
assert(User:elem() == nil and User:key() == nil and User:val() == nil and User:inner() == nil and User:ret() == nil)
assert(User:variants() == nil and User:params() == nil and User:tparams() == nil and Id:fields() == nil)
assert(select("#", User:elem()) == 1)
assert(Id:kind() == "union" and list(Id:variants()) == "string, integer")
assert(list(Level:variants()) == '"low", "high", 3')
for v in Level:variants() do assert(v:kind() == "literal") end
assert(Maybe:kind() == "optional" and rawequal(Maybe:inner(), User) and Maybe.label == nil)
assert(Scores:kind() == "map" and Scores:key() == String and Scores:val() == Number)
assert(Handler:kind() == "function" and list(Handler:params()) == "User, number" and Handler:ret():kind() == "boolean")
assert(Two:ret():kind() == "tuple" and tostring(Two:ret()) == "(string, error?)" and Proc:ret() == nil)
assert(Two:ret() == Two:ret() and rawequal(Two:ret(), Two:ret()))
assert(Two:ret():is({"x"}) and not Two:ret():is({1}))
assert(Box:kind() == "generic" and list(Box:tparams()) == "T, U=number" and Box:name() == "Box")
assert(IntBox:kind() == "instantiated" and IntBox.v == Integer and IntBox:name() == "IntBox")
assert(Named:kind() == "string" and Named:name() == "Named")
assert(list(Named:annotations()) == 'min_len=2, pattern=^a, unknown, flag=true, half=0.5')
assert(list(User:annotations()) == "" and list(User.label:annotations()) == "min_len=1")
assert(Tree:kind() == "record" and rawequal(Tree.kids:elem(), Tree))
assert(Reader:kind() == "interface" and list(Reader:fields()) == "read=fun(self, n: number) -> string"
    or list(Reader:fields()) == "read=fun(self: any, n: number) -> string", list(Reader:fields()))
type Hidden = {kind: string, is: number}
assert(type(Hidden.kind) == "function" and Hidden:kind() == "record" and list(Hidden:fields()) == "is=number, kind=string")
type Inter = {a: number} & {b: string}
assert(Inter:kind() == "intersection")
type Cont = {a: number, [string]: string}
assert(Cont:key() == String and Cont:val() == String)

-- texts
local function text(T, s) assert(tostring(T) == s, tostring(T)) end
type W1 = {f: number?, g: {[string]: number}, h: {a: string, b?: number}, i: "q\"\n" | 1.0 | -2, j: (number) -> string,
    k: ((a: number, b?: string, ...any) -> ())?, l: readonly {number}, m: (string | number)?, n: {(string | number)},
    o: () -> (), p: {}, q: User | nil, r: time.Duration}
text(W1.f, "number?"); text(W1.g, "{[string]: number}"); text(W1.h, "{a: string, b?: number}")
text(W1.i, '"q\\"\\n" | 1.0 | -2'); text(W1.j, "fun(number) -> string")
text(W1.k, "(fun(a: number, b?: string, ...any) -> ())?"); text(W1.l, "readonly {number}")
text(W1.m, "(string | number)?"); text(W1.n, "{string | number}"); text(W1.o, "fun() -> ()"); text(W1.p, "{}")
text(W1.q, "User?"); text(W1.r, "time.Duration"); text(User, "User"); text(Box, "Box")
assert(W1:is({}) == nil)
assert(not pcall(function() return User.fields() end) and not pcall(User.kind, 1))
