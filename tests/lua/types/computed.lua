-- typeof, keyof and the types of fields.
-- modules: json
-- imports: shapes=test:shapes
local function text(T)
    local list = {}
    for name, field in T:fields() do list[#list + 1] = name .. "=" .. tostring(field) end
    return table.concat(list, " ")
end
-- In types: as far as it can be seen.
local sample = {port = 8080, ratio = 0.5, host = "x", tags = {"a", "b"}, nested = {on = not nil}, total = 1 + 2 * 3}
type Config = typeof(sample)
assert(text(Config) == "host=string nested={on: boolean} port=integer ratio=number tags={string} total=integer", text(Config))
assert(Config:is({port = 1, ratio = 2, host = "h", tags = {}, nested = {on = false}, total = 2.0}))
assert(select(2, Config:is({port = 1.5, ratio = 2, host = "h", tags = {}, nested = {on = false}, total = 1})):message()
    == "port: expected integer, got number")
type Half = typeof(1 / 2)
type Text = typeof("a" .. "b")
type Any = typeof(sample.port)
assert(Half == Number and Text == String and Any:kind() == "any")
type Point = {x: number, y: string}
type Keys = keyof(Point)
assert(Keys:is("x") and Keys:is("y") and not Keys:is("z") and Keys:kind() == "union")
type Unseen = keyof(Config)
type Empty = keyof({})
assert(Unseen:kind() == "any" and Empty:kind() == "never")
type Y = Point["y"]
type Element = {string}[integer]
type Port = Config["port"]
assert(Y == String and Element == String and Port:kind() == "any")

local s = require("shapes")
type Keyed = {
    opt: keyof(Point?), both: keyof(Point & {z: number, x: number}), with_map: keyof({a: number, [integer]: string}),
    table: keyof(table), user: keyof(s.User), users: keyof(s.User & {extra: string}), maybe: keyof(s.User?), box: keyof(s.Box<string>),
    whole: keyof(Point?) | integer, nothing: keyof(number), nowhere: keyof(s.Nowhere), named: keyof(s.Bag), time: keyof(time.Time),
}
local function keys(name, good, bad)
    local K = Keyed[name]
    for _, v in ipairs(good) do assert(K:is(v), name .. ": " .. tostring(v)) end
    for _, v in ipairs(bad) do assert(not K:is(v), name .. ": " .. tostring(v)) end
end
keys("opt", {"x", "y"}, {"z", 1}) keys("both", {"x", "y", "z"}, {"a"}) keys("with_map", {"a", 1}, {"b", 1.5})
keys("table", {"a", 1}, {}) keys("user", {"id", "name"}, {"extra", 1}) keys("users", {"id", "name", "extra"}, {"x"})
keys("maybe", {"id"}, {"x"}) keys("box", {"v"}, {}) keys("whole", {"x", 1}, {"z"}) keys("nothing", {}, {"x", 1})
keys("nowhere", {}, {"x"}) keys("named", {"a", "b", 1}, {"c", true}) keys("time", {"x"}, {})
assert(tostring(Keyed.both) == '"x" | "y" | "z"' and tostring(Keyed.user) == '"id" | "name"')

-- What is declared is known through fields, calls and casts.
type Conf = {port: integer, host: string, name?: string, sub: {deep: boolean}, list: {integer}, by: {[string]: number}, any: any}
local c: Conf = {port = 1, host = "h", sub = {deep = true}, list = {1}, by = {x = 1}, any = 5}
local function make(n: integer, what?: string): (Conf, string) return c, "" end
local function plain(n) return n end
local apply: (number) -> {string} = function() return {} end
local perhaps_conf: Conf? = c
type Seen = {
    a: typeof(c.port), b: typeof(c.sub.deep), c: typeof(make(1)), d: typeof(make), e: typeof(plain), f: typeof(c.name), g: typeof(apply(1)),
    h: typeof(make(1).sub), i: typeof((c).list[1]), j: typeof(c.by.x), k: typeof(c.by["x"]), l: typeof(perhaps_conf.port),
    m: typeof(perhaps_conf!), n: typeof(c.nothing), o: typeof(plain(1)), p: typeof((c as {x: number}).x),
    q: typeof(function(a: number, ...: string): boolean return true end),
}
type SubKeys = keyof(typeof(c.sub))
assert(SubKeys:is("deep") and not SubKeys:is("port"))
assert(text(Seen) == "a=integer b=boolean c=Conf d=fun(n: integer, what?: string?) -> (Conf, string) e=function f=string? g={string} " ..
    "h={deep: boolean} i=integer j=any k=number? l=integer m=Conf n=any o=any p=number q=fun(a: number, ...string) -> boolean", text(Seen))

-- As an expression: what is declared is known without looking, all else by its value.
local calls = 0
local function count(v) calls = calls + 1 return v end
local declared: {n: number} = {n = 1}
assert(typeof(declared).n == Number and typeof(count(1)) == Integer and typeof(count(1.5)) == Number and calls == 2)
local anything: any, nobody: unknown = "x", 5
assert(typeof(anything) == String and typeof(nobody) == Integer, "any and unknown say nothing")
local perhaps: number? = nil
assert(typeof(perhaps):kind() == "optional")
calls = 0
local function counted(): Conf calls = calls + 1 return c end
assert(typeof(c.port) == Integer and typeof(c.sub.deep) == Boolean and typeof(c.name):inner() == String)
assert(rawequal(typeof(c), Conf) and rawequal(typeof(c as Conf), Conf) and rawequal(typeof(perhaps_conf!), Conf))
assert(rawequal(typeof((counted())), Conf) and rawequal(typeof(counted()), Conf) and calls == 2, "evaluated once")
assert(typeof(c.any) == Integer and typeof(c.any as any) == Integer and typeof(c.nothing) == Nil and typeof(plain("x")) == String)
assert(rawequal(typeof(anything as Conf), Conf) and typeof((plain)) == typeof(print))
local known, changed, empty = {n = 1, list = {"a"}}, 1, {}
assert(text(typeof(known)) == "list={string} n=integer" and text(typeof((known))) == "list={string} n=integer")
local function change() changed = "x" end
assert(typeof(changed) == Integer)
change()
assert(typeof(changed) == String and typeof(empty):kind() == "table", "assigned later")
typeof(counted())
assert(calls == 3 and typeof(make):kind() == "function" and typeof(
    counted() -- with a comment
):kind() == "record" and typeof(calls) == Integer)
local function many(...) return typeof(...), typeof(select("#", ...)) end
assert(many("x", 1) == String and select(2, many("x", 1)) == Integer)

-- Where the text would be read in another way there are parentheses.
type Mixed = {f: (string | number) & {a: boolean}, g: string | (number & {a: boolean}), h: {(string?) @min_len(1)}}
assert(text(Mixed) == "f=(string | number) & {a: boolean} g=string | (number & {a: boolean}) h={(string?) @min_len(1)}", text(Mixed))

-- A value that is too deep is told by the name of its type.
type Chain = {next: Chain?}
local deep = {}
for _ = 1, 70 do deep = {next = deep} end
local err = select(2, Chain:is(deep))
assert(err:message():find("recursion limit exceeded$") and err:details().expected == "Chain?", err:details().expected)

local encoded, failure = require("json").encode({[Number] = 1})
assert(encoded == nil and failure:kind() == errors.INVALID and failure:message():find("cannot encode type", 1, true))
