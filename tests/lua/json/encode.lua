-- modules: json, time
local json = require("json")
local encode = json.encode
local function is(v, text)
    local got, err = encode(v)
    assert(got == text, tostring(got) .. " " .. tostring(err))
end

-- scalars
is(nil, "null") assert(encode() == "null")
is(true, "true") is(false, "false")
is(0, "0") is(-1, "-1") is(math.maxinteger, "9223372036854775807") is(math.mininteger, "-9223372036854775808")
is("", '""') is("text", '"text"')
assert(select("#", encode(1)) == 1)

-- floats: no fraction if there is none, else the shortest text that reads back the same
is(10.0, "10") is(-3.0, "-3") is(-0.0, "-0") is(1e15, "1000000000000000") is(2^53, "9007199254740992")
is(0.1, "0.1") is(1.5, "1.5") is(-2.25, "-2.25") is(1/3, "0.3333333333333333") is(0.1 + 0.2, "0.30000000000000004")
is(100000.0, "100000") is(1e20, "100000000000000000000") is(1e21, "1e+21") is(1e100, "1e+100")
is(1e-6, "0.000001") is(1e-7, "1e-7") is(1.5e-300, "1.5e-300") is(5e-324, "5e-324") is(1.7976931348623157e308, "1.7976931348623157e+308")
is(0/0, "null") is(1/0, "null") is(-1/0, "null")

-- strings
is('"\\/', '"\\"\\\\/"')
is("\b\f\n\r\t", '"\\b\\f\\n\\r\\t"')
is("\0\1\31\127", '"\\u0000\\u0001\\u001f\127"')
is("<a href='x'>&</a>", '"\\u003ca href=\'x\'\\u003e\\u0026\\u003c/a\\u003e"')
is("é €\u{1F600}", '"é €\u{1F600}"')
is("\u{2027}\u{2028}\u{2029}\u{202A}", '"\u{2027}\\u2028\\u2029\u{202A}"')
is("a\xffb", '"a\\ufffdb"') is("\xc0\x80", '"\\ufffd\\ufffd"') is("\xed\xa0\x80", '"\\ufffd\\ufffd\\ufffd"') is("\xe2\x82", '"\\ufffd\\ufffd"')
is("\xf4\x90\x80\x80", '"\\ufffd\\ufffd\\ufffd\\ufffd"') is(("x"):rep(2000) .. "\n", '"' .. ("x"):rep(2000) .. '\\n"')
-- long ones are written in pieces
for shift = 0, 3 do
    local long = ("x"):rep(shift) .. ("\u{1F600}"):rep(60000)
    is(long, '"' .. long .. '"') is({ a = { long }, b = 1 }, '{"a":["' .. long .. '"],"b":1}')
    is(long .. "\xff\"", '"' .. long .. '\\ufffd\\""')
    is(long .. ("\x80"):rep(70000), '"' .. long .. ("\\ufffd"):rep(70000) .. '"')
end
is(errors.new(("e"):rep(100000)), '"' .. ("e"):rep(100000) .. '"')

-- arrays
is({}, "[]") is({ 1, 2, 3 }, "[1,2,3]") is({ {}, { {} } }, "[[],[[]]]") is({ "a", true, 1.5, { 2 } }, '["a",true,1.5,[2]]')
is({ [1] = "a", [2] = "b" }, '["a","b"]')
local backwards = {}
for i = 20, 1, -1 do backwards[i] = i end
is(backwards, "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]")
local shrunk = { 1, 2, 3, 4, 5, 6, 7, 8, 9 }
for i = 9, 4, -1 do shrunk[i] = nil end
is(shrunk, "[1,2,3]")
local half = table.create(4, 0)
for i = 1, 40 do half[i] = 0 end
for i = 40, 1, -1 do half[i] = nil half[i] = i % 10 end
is(half, "[" .. ("1,2,3,4,5,6,7,8,9,0,"):rep(4):sub(1, -2) .. "]")

-- objects: keys in order
is({ a = 1 }, '{"a":1}') is({ b = 1, a = 2, c = {} }, '{"a":2,"b":1,"c":[]}')
is({ ["1"] = "a" }, '{"1":"a"}') is({ [""] = 0, ["<"] = 1, ["\n"] = 2 }, '{"":0,"\\n":2,"\\u003c":1}')
is({ a = { b = { c = { 1, { d = 2 } } } } }, '{"a":{"b":{"c":[1,{"d":2}]}}}')
is({ aa = 1, a = 2, ab = 3, b = 4, B = 5, ["é"] = 6 }, '{"B":5,"a":2,"aa":1,"ab":3,"b":4,"é":6}')
for _, count in ipairs { 2, 23, 24, 25, 26, 47, 48, 49, 100, 1000 } do
    local map, keys = {}, {}
    for i = 1, count do
        local key = ("k%d"):format((i * 7919) % 10007)
        map[key] = i
        keys[i] = key
    end
    table.sort(keys)
    for i, key in ipairs(keys) do keys[i] = ('"%s":%d'):format(key, map[key]) end
    is(map, "{" .. table.concat(keys, ",") .. "}")
    is({ x = map, y = map, z = { map } }, ('{"x":%s,"y":%s,"z":[%s]}'):format(encode(map), encode(map), encode(map)))
end
local long = {}
for i = 1, 40 do long[("p"):rep(5000) .. 40 - i] = i end
local text = encode(long)
assert(text:find('p0":40,', 1, true) < text:find('p1":39,', 1, true) and text:find('p19":21,', 1, true) < text:find('p2":38,', 1, true))

-- an empty object stays one
local empty = json.decode("{}")
is(empty, "{}") is({ x = empty }, '{"x":{}}') is(json.decode('[{},[],{"a":{}}]'), '[{},[],{"a":{}}]')
assert(getmetatable(empty) == nil and next(empty) == nil and #empty == 0)
empty.a = 1
is(empty, '{"a":1}')
empty.a = nil
is(empty, "{}")
empty[1] = "x"
is(empty, '["x"]')
local other = json.decode("{}")
assert(setmetatable(other, { __index = function() return 7 end }) == other and other.x == 7)
is(other, "[]")
assert(setmetatable(other, nil) == other and getmetatable(other) == nil)

-- the same table twice is no cycle
local shared = { 1 }
is({ shared, shared, { shared } }, "[[1],[1],[[1]]]")

-- metatables do not matter, read-only tables are seen through
is(setmetatable({ 1, 2 }, { __index = { 3 }, __len = function() return 9 end, __pairs = error }), "[1,2]")
is(setmetatable({}, { __index = { a = 1 } }), "[]")
is(table.make_immutable({ a = { 1 } }), '{"a":[1]}') is(table.make_immutable({ 1, 2 }), "[1,2]")

-- objects of the runtime
is(errors.new("went wrong <x>"), '"went wrong \\u003cx\\u003e"') is({ err = errors.new("m") }, '{"err":"m"}')
local now = json.decode(encode({ now = time.now() })).now
assert(now:find("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.?%d*[Z+-][%d:]*$"), now)
is(payload.new(1), '"payload{format=lua/any}"')
is({ c = channel.new() }, '{"c":' .. encode(tostring(channel.new())) .. "}")

-- errors: kind, text, place
local function fails(v, ...)
    local none, err = encode(v)
    assert(none == nil and err, tostring(none))
    assert(err:kind() == errors.INTERNAL and err:retryable() == false, tostring(err))
    for _, part in ipairs { "cannot encode as JSON: ", ... } do assert(tostring(err):find(part, 1, true), tostring(err)) end
end
fails(print, "a value of type function", "(at $)")
fails({ a = { 1, { cb = print } } }, "a value of type function", "(at $.a[2].cb)")
fails({ coroutine.create(print) }, "a value of type thread", "(at $[1])")
fails({ 1, 2, [4] = 4 }, "sparse array", "(at $)")
fails({ 1, nil, 3 }, "sparse array: index 2 is missing", "(at $)")
fails({ x = { [2] = 1 } }, "sparse array: index 1 is missing", "(at $.x)")
fails({ [0] = 1 }, "sparse array", "(at $)")
fails({ [-1] = 1, 1, 2 }, "sparse array", "(at $)")
fails({ [math.mininteger] = 1, 1, 2 }, "sparse array", "(at $)")
fails({ list = { 1, [1000000] = 1 } }, "sparse array", "(at $.list)")
fails({ 1, 2, a = 1 }, "mixed keys", "string key 'a'", "(at $)")
fails({ x = { y = { a = 1, [7] = 1 } } }, "(at $.x.y)") -- told as mixed or as sparse: as Lua orders them
fails({ [1.5] = 1 }, "a key of type number", "(at $)")
fails({ a = 1, [true] = 1 }, "a key of type boolean")
fails({ { [{}] = 1 } }, "a key of type table", "(at $[1])")
fails({ 1, [true] = 2 }, "a key of type boolean", "(at $)")
local cycle = { a = {} }
cycle.a.b = { 1, cycle }
fails(cycle, "recursive table", "(at $.a.b[2])")
local self = {}
self[1] = self
fails(self, "recursive table", "(at $[1])")
fails({ [("k"):rep(1000)] = { [("l"):rep(1000)] = { print } } }, "(at $." .. ("k"):rep(40) .. "." .. ("l"):rep(40) .. "[1])")
local function nested(depth, inner) for _ = 1, depth do inner = { inner } end return inner end
assert(encode(nested(127, {})) == ("["):rep(128) .. ("]"):rep(128))
assert(encode(nested(128, 1)) == ("["):rep(128) .. "1" .. ("]"):rep(128))
fails(nested(128, {}), "nested deeper than 128 levels", "...)")
fails(nested(1000, 1), "nested deeper than 128 levels")
local deep = {}
for _ = 1, 127 do deep = { aaaaaaaaaaaa = deep } end
assert(#encode(deep) == 127 * 17 + 2)
fails({ deep = deep, x = { deep } }, "nested deeper than 128 levels", "(at $.deep.aaaaaaaaaaaa.")
-- a type is no value
type Point = { x: number }
local none, err = encode({ a = { Point } })
assert(none == nil and err:kind() == errors.INVALID and tostring(err):find("cannot encode type (at $.a[1])", 1, true), tostring(err))
-- a failed encode leaves nothing behind
is({ b = 1, a = { 2 } }, '{"a":[2],"b":1}')
