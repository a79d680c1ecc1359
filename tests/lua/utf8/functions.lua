-- the utf8 library
local function fails(...)
    local ok, e = pcall(...)
    assert(ok == false)
    return e
end
local text = "aé€𝄞"
assert(utf8.char() == "" and utf8.char(97, 0xe9, 0x20ac, 0x1d11e) == text and utf8.char(0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff):len() == 1 + 1 + 2 + 2 + 3 + 3 + 4 + 4)
assert(fails(utf8.char, 0x110000):find("value out of range") and fails(utf8.char, -1):find("value out of range") and fails(utf8.char, "x"):find("number expected"))
assert(utf8.len(text) == 4 and utf8.len("") == 0 and utf8.len(text, 2) == 3 and utf8.len(text, 2, 3) == 1 and utf8.len(text, -4) == 1)
local bad, at = utf8.len("ab\xffcd")
assert(bad == nil and at == 3)
for _, wrong in ipairs({ "\x80", "\xC0\x80", "\xE0\x80\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xC3", "\xE2\x82", "\xE2a\x82" }) do
    assert(utf8.len(wrong) == nil, wrong)
end
assert(utf8.len("\xED\xA0\x80") == 1)
assert(fails(utf8.len, "abc", 5):find("initial position out of string") and fails(utf8.len, "abc", 1, 4):find("final position out of string"))
assert(select("#", utf8.codepoint(text, 1, -1)) == 4 and utf8.codepoint(text, 2) == 0xe9 and select("#", utf8.codepoint("", 1, 0)) == 0)
assert(fails(utf8.codepoint, "abc", 4):find("out of range") and fails(utf8.codepoint, "\xff"):find("invalid UTF%-8 code"))
assert(utf8.offset(text, 1) == 1 and utf8.offset(text, 3) == 4 and utf8.offset(text, 5) == 11 and utf8.offset(text, 6) == nil)
assert(utf8.offset(text, -1) == 7 and utf8.offset(text, -4) == 1 and utf8.offset(text, -5) == nil and utf8.offset(text, 0, 3) == 2)
assert(fails(utf8.offset, text, 1, 3):find("initial position is a continuation byte") and fails(utf8.offset, text, 1, 20):find("position out of range"))
local codes = {}
for p, c in utf8.codes(text) do
    codes[#codes + 1] = p .. ":" .. c
end
assert(table.concat(codes, " ") == "1:97 2:233 4:8364 7:119070")
assert(fails(function() for _ in utf8.codes("a\xffb") do end end):find("invalid UTF%-8 code"))
assert(fails(function() for _ in utf8.codes("\x80a") do end end):find("invalid UTF%-8 code"))
assert(#utf8.charpattern == 14)
local n = 0
for c in text:gmatch(utf8.charpattern) do
    n = n + #c
end
assert(n == #text)
assert(utf8.len(text:rep(20000)) == 80000 and utf8.offset(text:rep(20000), 79999) == 199994 and utf8.len(errors.new(text)) == 4)
