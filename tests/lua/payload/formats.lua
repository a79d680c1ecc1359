-- modules: json, time
-- Every format to every other: what comes out, and that it comes back.
local f = payload.format
local function same(a, b)
    if type(a) ~= "table" or type(b) ~= "table" then return rawequal(a, b) and math.type(a) == math.type(b) end
    for k, v in pairs(a) do if not same(v, b[k]) then return false end end
    for k in pairs(b) do if a[k] == nil then return false end end
    return true
end
local function text_of(p) return assert(p:transcode(f.STRING)):data() end
local function fails(none, err, ...)
    assert(none == nil and err:kind() == errors.INTERNAL and err:retryable() == false, tostring(err))
    for _, part in ipairs { ... } do assert(tostring(err):find(part, 1, true), tostring(err)) end
end
local function from_text(text, format) return payload.new(text):transcode(f.STRING):transcode(format) end

local doc = { id = 7, ratio = 0.5, name = "é \"x\"\n", ok = true, no = false, list = { 1, { 2.5, "three" }, {} }, map = { a = { b = "c" } }, bytes = "plain" }
local coded = {}
for _, format in ipairs { f.JSON, f.YAML, f.MSGPACK } do
    local p = assert(payload.new(doc):transcode(format))
    coded[format] = p
    assert(p:get_format() == format and tostring(p) == "payload{format=" .. format .. "}")
    assert(same(p:data(), doc) and same(p:unmarshal(), doc) and p:data() ~= p:data(), format)
    -- to a value, to text and back, to bytes and back
    local l = assert(p:transcode(f.LUA))
    assert(l:get_format() == f.LUA and same(l:data(), doc))
    local g = assert(p:transcode(f.GOLANG))
    assert(g:get_format() == f.GOLANG and same(g:data(), doc) and same(g:transcode(format):data(), doc))
    for _, text in ipairs { f.STRING, f.BYTES } do
        local t = assert(p:transcode(text))
        assert(t:get_format() == text and type(t:data()) == "string")
        local back = assert(t:transcode(format))
        assert(back:get_format() == format and same(back:data(), doc) and text_of(back) == t:data())
    end
    assert(text_of(p:transcode(format)) == text_of(p))
    fails(p:transcode(f.ERROR))
    for _, scalar in ipairs { true, false, 0, -1, 127, 128, -129, 65536, 1 << 40, math.maxinteger, math.mininteger, 0.5, -1e300, "", "x", "é", ("x"):rep(70000) } do
        local s = assert(payload.new(scalar):transcode(format))
        assert(same(s:data(), scalar) and same(assert(from_text(text_of(s), format)):data(), scalar), format .. tostring(scalar))
    end
    local none = assert(payload.new(nil):transcode(format))
    assert(none:data() == nil and select(2, none:data()) == nil and none:transcode(f.LUA):data() == nil)
    assert(same(payload.new({}):transcode(format):data(), {}))
    assert(payload.new(errors.new("broken")):transcode(format):data() == "broken")
    assert(payload.new({ at = time.now() }):transcode(format):data().at:find("^%d%d%d%d%-%d%d%-%d%dT"))
    -- not encodable
    local none, err = payload.new(print):transcode(format)
    fails(none, err, "(at $)")
    none, err = payload.new({ a = print }):transcode(format)
    fails(none, err, "a value of type function cannot be encoded (at $.a)")
    none, err = payload.new({ 1, x = 2 }):transcode(format)
    fails(none, err, "mixed keys")
end
-- between the three
for from, p in pairs(coded) do
    for to, other in pairs(coded) do
        local q = assert(p:transcode(to))
        assert(q:get_format() == to and same(q:data(), doc) and text_of(q) == text_of(other), from .. " " .. to)
    end
end
assert(text_of(coded[f.JSON]) == require("json").encode(doc))

-- values
local g = assert(payload.new(doc):transcode(f.GOLANG))
assert(rawequal(g:data(), doc) and rawequal(g:transcode(f.LUA):data(), doc) and g:transcode(f.GOLANG):get_format() == f.GOLANG)
local e = errors.new("went wrong")
assert(payload.new(e):transcode(f.LUA):data() == e and payload.new(e):transcode(f.LUA):transcode(f.ERROR):get_format() == f.ERROR)
assert(payload.new(e):transcode(f.GOLANG):transcode(f.ERROR):data() == e)
assert(text_of(payload.new(1.5)) == "1.5" and text_of(payload.new(5)) == "5" and payload.new("s"):transcode(f.JSON):transcode(f.STRING):data() == '"s"')

-- floats keep their type where the format knows it
assert(math.type(payload.new(10.0):transcode(f.MSGPACK):data()) == "float" and math.type(payload.new(10.0):transcode(f.YAML):data()) == "float")
assert(math.type(payload.new(10.0):transcode(f.JSON):data()) == "integer")
assert(payload.new(1/0):transcode(f.MSGPACK):data() == 1/0 and payload.new(-1/0):transcode(f.YAML):data() == -1/0 and payload.new(1/0):transcode(f.JSON):data() == nil)
local nan = payload.new(0/0):transcode(f.YAML):data()
assert(nan ~= nan)
-- bytes
assert(payload.new("\xff\0\x80"):transcode(f.MSGPACK):data() == "\xff\0\x80" and text_of(payload.new("\xff"):transcode(f.MSGPACK)) == "\xc4\1\xff")

for _, long in ipairs { ("\u{20AC}"):rep(100000), "x" .. ("\u{20AC}"):rep(100000), ("\n"):rep(70000) } do
    for _, format in ipairs { f.JSON, f.YAML, f.MSGPACK } do
        assert(payload.new(long):transcode(format):data() == long and payload.new({ a = { long, 1 } }):transcode(format):data().a[1] == long)
    end
end
local long = ("x"):rep(200000)
assert(text_of(payload.new(long):transcode(f.MSGPACK)) == "\xdb\0\3\x0d\x40" .. long)
assert(text_of(payload.new(long .. "\xff"):transcode(f.MSGPACK)) == "\xc6\0\3\x0d\x41" .. long .. "\xff")
assert(text_of(payload.new("\xff" .. long):transcode(f.MSGPACK)) == "\xc6\0\3\x0d\x41\xff" .. long)
assert(payload.new(long .. "\xff"):transcode(f.YAML):data() == long .. "\u{FFFD}")

-- text that is none of its format: an error at once, and the old Payload is as it was
local text = payload.new("{1"):transcode(f.BYTES)
local none, err = text:transcode(f.JSON)
fails(none, err, "invalid JSON: line 1, column 2") assert(text:data() == "{1")
none, err = from_text("", f.JSON) fails(none, err, "expected a value")
none, err = from_text("a: [", f.YAML) fails(none, err, "invalid YAML: line ")
none, err = from_text("\xc1", f.MSGPACK) fails(none, err, "invalid MessagePack: byte ")
none, err = from_text("", f.MSGPACK) fails(none, err, "ends inside a value")
assert(from_text("", f.YAML):data() == nil)

-- what came in a message
process.send(process.pid(), "t", doc)
local received = process.inbox():receive():payload()
assert(same(assert(received:transcode(f.YAML)):data(), doc) and received:get_format() == f.LUA)
process.send(process.pid(), "t", e)
assert(process.inbox():receive():payload():transcode(f.JSON):data() == "went wrong")
local big = {}
for i = 1, 30000 do big[i] = { i, "text " .. i } end
process.send(process.pid(), "t", big)
received = process.inbox():receive():payload()
for _, format in ipairs { f.JSON, f.YAML, f.MSGPACK } do
    assert(same(received:transcode(format):transcode(f.STRING):transcode(format):transcode(f.LUA):data(), big))
end
