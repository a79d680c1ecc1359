-- YAML texts, read and written.
local f = payload.format
local function same(a, b)
    if type(a) ~= "table" or type(b) ~= "table" then return rawequal(a, b) and math.type(a) == math.type(b) end
    for k, v in pairs(a) do if not same(v, b[k]) then return false end end
    for k in pairs(b) do if a[k] == nil then return false end end
    return true
end
local function read(text)
    local p, err = payload.new(text):transcode(f.STRING):transcode(f.YAML)
    if not p then return nil, err end
    return p:data()
end
local function reads(text, value)
    local got, err = read(text)
    assert(err == nil and same(got, value), text .. ": " .. tostring(got) .. " " .. tostring(err))
end
local function fails(text, ...)
    local none, err = read(text)
    assert(none == nil and err and err:kind() == errors.INTERNAL, text)
    for _, part in ipairs { "invalid YAML: ", ... } do assert(tostring(err):find(part, 1, true), tostring(err)) end
end

-- scalars
reads("12", 12) reads("-0x1F", -31) reads("0o17", 15) reads("017", 15) reads("1.5", 1.5) reads("1e3", 1000.0) reads("9223372036854775808", 2.0^63)
reads("true", true) reads("False", false) reads("yes", "yes") reads("off", "off") reads("~", nil) reads("null", nil) reads("", nil) reads("# nothing", nil)
reads("text", "text") reads("'12'", "12") reads('"a\\tb\\u00e9"', "a\tbé") reads(".inf", 1/0) reads("-.inf", -1/0) reads("2001-12-14", "2001-12-14")
reads("!!str 12", "12") reads("!!int '12'", 12) reads("!!float 1", 1.0) reads("!mine x", "x") reads("|\n  a\n  b\n", "a\nb\n") reads(">\n  a\n  b\n", "a b\n")
-- lists and maps
reads("[1, [2, a], {b: c}]", { 1, { 2, "a" }, { b = "c" } }) reads("- 1\n- - 2\n  - 3\n", { 1, { 2, 3 } })
reads("a: 1\nb:\n  c: [x]\n", { a = 1, b = { c = { "x" } } }) reads("{a: null, b: 1}", { b = 1 }) reads('{"a": 1, "b": [true]}', { a = 1, b = { true } })
reads("1: one\ntrue: two\n", { ["1"] = "one", ["true"] = "two" }) reads("? a\n: 1\n", { a = 1 })
local holes = read("[1, ~, 3]")
assert(holes[1] == 1 and holes[2] == nil and holes[3] == 3)
reads("--- 1\n...\n", 1)
-- anchors, aliases, merge keys; aliases are copies
local t = read("a: &x {n: [1]}\nb: *x\nc: [*x]\nd: &s text\ne: *s\n")
assert(same(t.a, t.b) and same(t.c[1], t.a) and not rawequal(t.a, t.b) and t.e == "text")
reads("a: &x 1\nb: &x 2\nc: *x\n", { a = 1, b = 2, c = 2 }) reads("&k key: *k", { key = "key" }) reads("a: &x key\nb: {*x : 1}", { a = "key", b = { key = 1 } })
reads("base: &b {x: 1, y: 2}\nown: {x: 9, <<: *b, z: 3}\n", { base = { x = 1, y = 2 }, own = { x = 9, y = 2, z = 3 } })
reads("base: &b {x: 1, y: {z: [1]}}\nown: {<<: *b, x: 9}\n", { base = { x = 1, y = { z = { 1 } } }, own = { x = 9, y = { z = { 1 } } } })
reads("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b, {w: 3, z: 3}]}\n", { a = { x = 1, y = 1 }, b = { y = 2, z = 2 }, c = { x = 1, y = 1, z = 2, w = 3 } })
reads("a: &a {x: 1}\nb: &b {<<: *a, x: 2, y: 2}\nc: {<<: *b}\nd: {<<: {<<: *b, y: 5}, q: [*b]}\n",
    { a = { x = 1 }, b = { x = 2, y = 2 }, c = { x = 2, y = 2 }, d = { x = 2, y = 5, q = { { x = 2, y = 2 } } } })
reads("'<<': 1", { ["<<"] = 1 }) reads("<<: {}\n", {})
-- errors
fails("a: [1", "line 2, column 1") fails("a:\n\t- 1", "line 2, column 1") fails("*x", "line 1, column 1: unknown anchor 'x'") fails("a: &x [*x]", "unknown anchor 'x'")
fails("a: 1\nb: 2\na: 3\n", "line 1, column 1: the map that begins here has the key 'a' twice") fails("x:\n  - {k: 1, k: 2}", "line 2, column 5", "'k'")
fails("[a]: 1", "a map key must be a text") fails("a: &x [1]\n*x : 2", "a map key must be a text") fails("a: {<<: 1}", "the value of '<<'") fails("a: {<<: [1]}", "the value of '<<'")
fails("!!int x", "does not fit its tag") fails("!!binary aGk=", "!!binary") fails("--- 1\n--- 2\n", "line 2, column 1: a second document") fails("a: b: c", "line 1, column 5")
fails("\1", "byte 0") fails("a: \xff", "invalid") fails(("["):rep(129) .. ("]"):rep(129), "line 1, column 129: nested deeper than 128 levels") fails(("["):rep(100000), "nested deeper")
assert(read(("["):rep(128) .. ("]"):rep(128)))
local laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n"
for c = 98, 106 do laughs = laughs .. ("%c: &%c [%s]\n"):format(c, c, ("*%c,"):format(c - 1):rep(9)) end
fails(laughs, "aliases expand to more than") fails(("- &a x\n"):rep(1025), "more than 1024 anchors")
local merges = { "a: &a {" .. ("k%d: 1, "):rep(0) }
for i = 1, 2000 do merges[#merges + 1] = ("k%d: 1, "):format(i) end
fails(table.concat(merges) .. "}\n" .. "b: {" .. ("<<: *a, "):rep(100) .. "}", "aliases expand")

-- writing
local function writes(value, text)
    local p, err = payload.new(value):transcode(f.YAML)
    assert(p, tostring(err))
    local got = p:transcode(f.STRING):data()
    assert(got == text, got)
    assert(same(p:data(), value), got)
end
writes(1, "1\n") writes("text", "text\n") writes(true, "true\n") writes(10.0, "10.0\n") writes(1e21, "1e+21\n") writes(0.25, "0.25\n") writes({}, "[]\n")
assert(payload.new(nil):transcode(f.YAML):transcode(f.STRING):data() == "null\n")
writes({ "a", { "b", { "c", 1 } }, {} }, "- a\n- - b\n  - - c\n    - 1\n- []\n")
writes({ b = 1, a = { d = { 1, { x = 1, z = { 2 } } }, c = "x" } }, "a:\n    c: x\n    d:\n        - 1\n        - x: 1\n          z:\n              - 2\nb: 1\n")
local empty = payload.new("{}"):transcode(f.STRING):transcode(f.JSON):data()
assert(payload.new({ x = empty, l = { empty } }):transcode(f.YAML):transcode(f.STRING):data() == "l:\n    - {}\nx: {}\n")
-- strings that would read as something else are quoted
for _, s in ipairs { "", " ", "1", "-1", "1.5", "0x10", "1e5", "true", "False", "yes", "NO", "on", "y", "null", "~", ".inf", "a b ", " a", "a: b", "a:", "a #b", "#a", "- a", "-", "?", "[a]",
                     "{a}", "*a", "&a", "!a", "%a", "@a", "`a", "|", ">", "'a'", '"a"', "a\nb", "a\tb", "\0", "\127", "\u{85}", "\u{2028}", "\u{FEFF}", "é", "\u{1F600}", "2001-01-01", "12:30", "---", "...", "<<", "=",
                     "a\\b", "a,b", "a\r\n" } do
    local p = payload.new({ [s] = s, k = { s } }):transcode(f.YAML)
    local got = p:data()
    assert(got[s] == s and got.k[1] == s, ("%q: %s"):format(s, p:transcode(f.STRING):data()))
end
writes({ "plain word", "a/b.c-d_e", "ns:name", "http://x:80/?", "user@host", "y2", "2y" }, '- plain word\n- a/b.c-d_e\n- ns:name\n- "http://x:80/?"\n- user@host\n- y2\n- "2y"\n')
assert(payload.new("a\xffb"):transcode(f.YAML):data() == "a\u{FFFD}b")
