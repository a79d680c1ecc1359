-- string.find, match, gmatch: results, positions, captures and the errors of bad patterns
local function fails(...)
    local ok, e = pcall(...)
    assert(ok == false)
    return e
end
local function same(want, ...)
    local got = table.pack(...)
    assert(got.n == #want, got.n)
    for i = 1, #want do
        assert(got[i] == want[i], tostring(got[i]))
    end
end

-- plain
same({ 7, 9 }, ("hello world"):find("wor"))
same({ 7, 9 }, ("hello world"):find("wor", -5, true))
same({ 1, 0 }, (""):find(""))
same({ 4, 3 }, ("abc"):find("", 4))
assert(("abc"):find("", 5) == nil and ("abc"):find("", 10, true) == nil)
same({ 2, 2 }, ("a.b"):find(".", 2))
same({ 2, 2 }, ("a.b"):find(".", 1, true))
same({ 3, 4 }, ("a\0b\0c"):find("b\0"))
assert(("aaab"):find("ab", 1, true) == 3 and ("aaa"):find("ab", 1, true) == nil)
same({ 2, 2 }, ("a)"):find(")"))

-- items
same({ 1, 3 }, ("abc1"):find("%a+"))
same({ "key", "value" }, (" key = value "):match("(%w+)%s*=%s*(%w+)"))
assert(("  trim me  "):match("^%s*(.-)%s*$") == "trim me")
same({ 1, 4, "b" }, ("abbc"):find("a(b)%1c"))
same({ 3, 8, "(b(c))" }, ("a (b(c)) d)"):find("(%b())"))
assert(("THE (quick) fox"):find("%f[%a]%a+%f[%A]", 2) == 6)
assert(("foo"):find("%f[%z]") == 4 and ("x"):match("[]]") == nil and ("]"):match("[]]") == "]")
assert(("a-z"):match("[a%-z]+") == "a-z" and ("b-"):match("[a-]+") == "-" and ("^"):match("[x^]") == "^")
assert(("x^2"):match("x^2") == "x^2" and ("a$b"):match("a$b") == "a$b" and ("ab"):match("^b") == nil)
assert(("aaa"):match("a-") == "" and ("aaa"):match("a-$") == "aaa" and ("ab"):match("b?$") == "b")
same({ 1, 3 }, ("ab"):match("()ab()"))
assert(("\195\169"):match("[\128-\255]+") == "\195\169")
assert(("A1_z"):match("^[%u%d_%l]+$") and not ("A1 z"):match("^[%u%d_%l]+$") and ("\t"):match("%c"))
assert(("x"):rep(300):match("^" .. ("x?"):rep(199)) == ("x"):rep(199))

-- init
assert(("abc"):match("%a", -1) == "c" and ("abc"):match("%a", 10) == nil and ("abc"):match("%a", -10) == "a")
assert(("abc"):match("^b", 2) == "b" and string.match(123, "3", "3") == "3")

-- gmatch
local words = {}
for w in ("one two  three"):gmatch("%a+") do
    words[#words + 1] = w
end
same({ "one", "two", "three" }, table.unpack(words))
local positions = {}
for at, c in ("a,b"):gmatch("()(%a?)") do
    positions[#positions + 1] = at .. c
end
assert(table.concat(positions, " ") == "1a 3b")
for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do
    assert((k == "a" and v == "1") or (k == "b" and v == "2"))
end
assert(("^a"):gmatch("^a")() == "^a")
local step = ("ab"):gmatch(".")
assert(step() == "a" and step() == "b" and step() == nil and step() == nil)

-- errors; a mistake counts only when matching gets there
for pattern, text in pairs({
    ["%"] = "malformed pattern (ends with '%')",
    ["["] = "malformed pattern (missing ']')",
    ["[a%]"] = "malformed pattern (missing ']')",
    ["%b"] = "malformed pattern (missing arguments to '%b')",
    ["%f"] = "missing '[' after '%f' in pattern",
    ["("] = "unfinished capture",
    ["a?)"] = "invalid pattern capture",
    ["%1"] = "invalid capture index %1",
    [("a?"):rep(200)] = "pattern too complex",
    [("()"):rep(33)] = "too many captures",
}) do
    assert(fails(string.find, ("a"):rep(250), pattern):find(text, 1, true), pattern)
end
assert(("abc"):find("x[") == nil)
assert(fails(string.find, nil, "x"):find("bad argument #1 to .*string expected, got nil"))
assert(fails(string.find, "x"):find("bad argument #2 to .*string expected, got no value"))
assert(fails(string.match, "x", {}):find("string expected, got table"))
assert(fails(string.find, "x", "x", 1.5):find("number has no integer representation"))

-- error objects are strings here
local err = errors.new("user not found: 7")
assert(string.find(err, "not found") == 6 and string.match(err, "%d+") == "7" and ("x not found"):find("not") == 3)
assert(string.match("user not found: 7!", err) == "user not found: 7")
for n in string.gmatch(err, "%d") do
    assert(n == "7")
end
assert(string.len(err) == 17 and string.upper(err) == "USER NOT FOUND: 7" and string.sub(err, -1) == "7")
