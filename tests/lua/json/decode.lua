-- modules: json
local json = require("json")
local decode = json.decode
local function is(text, value)
    local got, err = decode(text)
    assert(err == nil, tostring(err))
    assert(got == value and math.type(got) == math.type(value), ("%s: %s"):format(text, tostring(got)))
end
local function same(a, b)
    if type(a) ~= "table" or type(b) ~= "table" then return a == b and math.type(a) == math.type(b) end
    for k, v in pairs(a) do if not same(v, b[k]) then return false end end
    for k in pairs(b) do if a[k] == nil then return false end end
    return true
end
local function like(text, value)
    local got = assert(decode(text))
    assert(same(got, value), text)
end

-- scalars
is("true", true) is("false", false) is(" \t\r\n1 \n", 1)
is('""', "") is('"text"', "text") is("0", 0) is("-0", 0) is("-12", -12)
assert(select("#", decode("null")) == 2 and decode("null") == nil and select(2, decode("null")) == nil)
assert(select("#", decode("1")) == 1)

-- numbers: an integral literal that fits is an integer, everything else a float
is("9223372036854775807", math.maxinteger) is("-9223372036854775808", math.mininteger)
is("9223372036854775808", 2.0^63) is("-9223372036854775809", -2.0^63) is("18446744073709551615", 2.0^64) is("18446744073709551616", 2.0^64)
is("123456789012345678901234567890", 123456789012345678901234567890.0) is("-100000000000000000000", -1e20)
is("99999999999999999999", 1e20) is("1" .. ("0"):rep(308), 1e308)
is("1.0", 1.0) is("1e3", 1000.0) is("1E+2", 100.0) is("-1.5e-3", -0.0015) is("0.1", 0.1) is("1e-400", 0.0)
is("5e-324", 5e-324) is("2.2250738585072011e-308", 2.2250738585072011e-308) is("0.30000000000000004", 0.1 + 0.2)
like("[1, 18446744073709551616, 2.5, -99999999999999999999]", { 1, 2.0^64, 2.5, -1e20 })
assert(1 / decode("-0.0") == -math.huge)

-- strings
is([["\"\\\/\b\f\n\r\t"]], "\"\\/\b\f\n\r\t") is([["\u0041\u00e9\u20ac\ud83d\ude00"]], "Aé€\u{1F600}")
is([["a\u0000b"]], "a\0b") is('"é€\u{1F600}"', "é€\u{1F600}") is('"\127"', "\127") is('"\u{2028}"', "\u{2028}")
is([["\ud800"]], "\u{FFFD}") is([["\udc00x"]], "\u{FFFD}x") is([["\ud800\ud800\udc00"]], "\u{FFFD}\u{10000}") is([["\uD83Dx"]], "\u{FFFD}x")
is('"' .. ("x"):rep(5000) .. '"', ("x"):rep(5000))
is('"<>&"', "<>&")

-- arrays and objects
like("[]", {}) like("{}", {}) like("[1,[2,[3]],{}]", { 1, { 2, { 3 } }, {} })
like('{"a":1,"b":{"c":[true,false]},"":"x"}', { a = 1, b = { c = { true, false } }, [""] = "x" })
like(' { "a" : [ 1 , 2 ] , "b" : { } } ', { a = { 1, 2 }, b = {} })
assert(#decode("[" .. ("1,"):rep(4999) .. "1]") == 5000)
-- null: no key in an object, a hole in an array
local t = decode('{"a":null,"b":1}')
assert(t.a == nil and t.b == 1 and next(t) == "b" and next(t, "b") == nil)
t = decode("[1,null,3]")
assert(t[1] == 1 and t[2] == nil and t[3] == 3)
assert(next(decode("[null,null]")) == nil)
-- the last of equal keys
like('{"a":1,"a":2,"b":3,"a":4}', { a = 4, b = 3 }) assert(decode('{"a":1,"a":null}').a == nil)
-- keys
like([[{"\u0000":1,"a b":2,"\"":3,"__index":4,"1":5}]], { ["\0"] = 1, ["a b"] = 2, ['"'] = 3, __index = 4, ["1"] = 5 })
-- byte order mark
is("\u{FEFF}12", 12)
-- depth
local function brackets(n) return ("["):rep(n) .. ("]"):rep(n) end
assert(json.encode(decode(brackets(128))) == brackets(128))
assert(decode(("["):rep(128) .. "1" .. ("]"):rep(128)) and decode(('{"a":'):rep(128) .. "1" .. ("}"):rep(128)))

-- errors
local function fails(text, kind, ...)
    local none, err = decode(text)
    assert(none == nil and err, ("accepted: %q"):format(tostring(text):sub(1, 60)))
    assert(err:kind() == kind and err:retryable() == false, tostring(err))
    for _, part in ipairs { ... } do assert(tostring(err):find(part, 1, true), tostring(err)) end
end
fails("", errors.INVALID, "empty") fails(nil, errors.INVALID, "nil") fails(12, errors.INVALID, "number") fails({}, errors.INVALID, "table")
fails(true, errors.INVALID, "boolean") fails(print, errors.INVALID, "function") fails(errors.new("{}"), errors.INVALID, "userdata")
local none, err = decode()
assert(none == nil and err:kind() == errors.INVALID)
local I = errors.INTERNAL
fails(" ", I, "invalid JSON: line 1, column 2: expected a value, found the end of the text")
fails("[1,2", I, "line 1, column 5: expected ',' or ']' after a value, found the end of the text")
fails("[1 2]", I, "line 1, column 4: expected ',' or ']' after a value, found '2'")
fails("[1,]", I, "line 1, column 4: expected a value, found ']'")
fails("[,1]", I, "line 1, column 2: expected a value, found ','")
fails('{"a":1,}', I, "line 1, column 8: expected a key in quotes, found '}'")
fails('{a:1}', I, "line 1, column 2: expected a key in quotes or '}', found 'a'")
fails('{"a" 1}', I, "line 1, column 6: expected ':' after a key, found '1'")
fails('{"a":1 "b":2}', I, "expected ',' or '}' after a value, found '\"'")
fails('{"a"}', I, "expected ':' after a key") fails("{", I, "expected a key in quotes or '}', found the end of the text")
fails('{"a":\n [1,\n  x]}', I, "line 3, column 3: expected a value, found 'x'")
fails('"é€\u{1F600}" x', I, "line 1, column 7: expected the end of the text, found 'x'")
fails("1 2", I, "expected the end of the text, found '2'") fails("{} []", I, "expected the end of the text") fails("nulll", I, "expected the end")
fails("not valid json", I, "line 1, column 1: expected a value, found 'n'") fails("True", I, "found 'T'") fails("tru", I) fails("nul", I) fails("NaN", I) fails("Infinity", I)
fails("'a'", I, "found '''") fails("[1]]", I, "expected the end of the text, found ']'") fails("]", I) fails("[1}", I, "found '}'")
fails("\0", I, "found byte 0x00") fails("1\0", I, "found byte 0x00") fails("[1]\0\0", I, "found byte 0x00") fails("\u{A0}1", I, "found byte 0xc2")
fails("01", I, "a number must not begin with 0") fails("-01", I, "must not begin with 0") fails("-", I, "expected a digit, found the end") fails("+1", I, "found '+'")
fails("1.", I, "expected a digit after '.'") fails(".5", I, "found '.'") fails("1e", I, "expected a digit of the exponent") fails("1e+x", I, "exponent, found 'x'")
fails("0x10", I) fails("1_000", I) fails("--1", I, "expected a digit, found '-'")
fails("1e400", I, "line 1, column 1: the number is out of range") fails('{"a":-1e400}', I, "column 6: the number is out of range") fails("1" .. ("0"):rep(400), I, "out of range")
fails('"abc', I, "column 1: the string that begins here has no end") fails('["a\\"', I, "column 2: the string that begins here has no end")
fails('"a\nb"', I, "column 3: control character 0x0a in a string must be written \\u000a") fails('"a\tb"', I, "must be written \\u0009") fails('"\0"', I, "0x00")
fails([["\x41"]], I, "expected an escape", "found 'x'") fails([["\u12"]], I, "expected four hexadecimal digits") fails([["\u123g"]], I, "four hexadecimal digits") fails('"\\', I)
fails('"\xff"', I, "column 2: byte 0xff is not valid UTF-8") fails('"\xc0\x80"', I, "not valid UTF-8") fails('"\xed\xa0\x80"', I, "not valid UTF-8") fails('"\xe2\x82"', I, "not valid UTF-8")
fails("// x\n1", I) fails("[1,/* */2]", I) fails("{'a':1}", I) fails("[1,,2]", I, "column 4") fails('{"a":1,,"b":2}', I)
fails(brackets(129), I, "nested deeper than 128 levels") fails(("["):rep(129) .. "1" .. ("]"):rep(129), I, "line 1, column 129: nested deeper than 128 levels")
fails(("["):rep(100000), I, "nested deeper") fails(('{"a":'):rep(100000), I, "nested deeper") fails(("["):rep(100), I, "found the end of the text")
fails("[" .. ("1,"):rep(50000) .. "x]", I, "line 1, column 100002: expected a value, found 'x'")

-- module table
assert(not pcall(function() json.decode = 1 end) and json.nothing == nil)
