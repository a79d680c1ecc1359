-- MessagePack texts, read and written.
local f = payload.format
local function read(text) 
    local p, err = payload.new(text):transcode(f.BYTES):transcode(f.MSGPACK)
    if not p then return nil, err end
    return p:data()
end
local function written(value) return payload.new(value):transcode(f.MSGPACK):transcode(f.BYTES):data() end
local function reads(text, value)
    local got, err = read(text)
    assert(err == nil and got == value and math.type(got) == math.type(value), ("%q: %s %s"):format(text, tostring(got), tostring(err)))
end
local function both(text, value) reads(text, value) assert(written(value) == text, ("%q"):format(written(value))) end

both("\xc0", nil) both("\xc2", false) both("\xc3", true) both("\0", 0) both("\x7f", 127) both("\xcc\x80", 128) both("\xcd\x01\0", 256) both("\xce\0\1\0\0", 65536)
both("\xcf\x7f\xff\xff\xff\xff\xff\xff\xff", math.maxinteger) both("\xff", -1) both("\xe0", -32) both("\xd0\xdf", -33) both("\xd1\xff\x7f", -129) both("\xd2\xff\xfe\xff\xff", -65537)
both("\xd3\x80\0\0\0\0\0\0\0", math.mininteger) reads("\xcf\xff\xff\xff\xff\xff\xff\xff\xff", 18446744073709551615.0) reads("\xd0\5", 5)
both("\xca\x3f\0\0\0", 0.5) both("\xcb\x3f\xb9\x99\x99\x99\x99\x99\x9a", 0.1) reads("\xcb\x40\x24\0\0\0\0\0\0", 10.0)
both("\xa0", "") both("\xa1x", "x") both("\xd9\x28" .. ("x"):rep(40), ("x"):rep(40)) both("\xda\1\0" .. ("x"):rep(256), ("x"):rep(256)) both("\xdb\0\1\0\0" .. ("x"):rep(65536), ("x"):rep(65536))
both("\xc4\1\xff", "\xff") reads("\xc4\1x", "x") reads("\xc5\0\1x", "x") reads("\xc6\0\0\0\1x", "x")
local list = read("\x93\1\x92\2\xa1a\x81\xa1k\x90")
assert(list[1] == 1 and list[2][1] == 2 and list[2][2] == "a" and next(list[3].k) == nil)
assert(written({ 1, { 2, "a" } }) == "\x92\1\x92\2\xa1a" and written({ b = 1, a = 2 }) == "\x82\xa1a\2\xa1b\1" and written({}) == "\x90")
assert(written(read("\x80")) == "\x80")
local long = {}
for i = 1, 70000 do long[i] = i % 100 end
assert(written(long):sub(1, 5) == "\xdd\0\1\x11\x70" and #read(written(long)) == 70000)
local map = {}
for i = 1, 1000 do map["k" .. i] = i end
assert(written(map):sub(1, 3) == "\xde\3\xe8" and read(written(map)).k1000 == 1000)
-- keys of foreign texts; the last of equal ones
local keys = read("\x84\1\xa1a\xc3\xa1b\xca\x3f\0\0\0\xa1c\xff\xa1d")
assert(keys[1] == "a" and keys[true] == "b" and keys[0.5] == "c" and keys[-1] == "d")
assert(read("\x82\xa1a\1\xa1a\2").a == 2 and next(read("\x81\xa1a\xc0")) == nil)

local function fails(text, ...)
    local none, err = read(text)
    assert(none == nil and err and err:kind() == errors.INTERNAL, ("%q"):format(text))
    for _, part in ipairs { "invalid MessagePack: byte ", ... } do assert(tostring(err):find(part, 1, true), tostring(err)) end
end
fails("", "byte 0: the text ends inside a value") fails("\xc1", "not a MessagePack value") fails("\1\1", "byte 1: 1 bytes follow the value") fails("\xcd\1", "ends inside a value")
fails("\xa2x", "byte 1: the text ends inside a string of 2 bytes") fails("\x92\1", "the text ends inside a list of 2") fails("\x91", "list of 1") fails("\x81\xa1k", "ends inside a value")
fails("\xdd\xff\xff\xff\xff\1", "list of 4294967295") fails("\xdf\xff\xff\xff\xff\1", "map of 4294967295") fails("\xdb\xff\xff\xff\xffx", "string of 4294967295")
fails("\xd4\1x", "extension types are not supported (type 1)") fails("\xc7\1\xffx", "(type -1)") fails("\x81\xc0\1", "must not be nil") fails("\x81\x90\1", "must not be a list or map")
fails("\x81\xcb\x7f\xf8\0\0\0\0\0\0\1", "must not be NaN") fails(("\x91"):rep(129) .. "\1", "byte 129: nested deeper than 128 levels")
assert(read(("\x91"):rep(128) .. "\1"))
for length = 0, 20 do fails(written({ a = { 1, 0.1, "text" }, b = 70000 }):sub(1, length)) end
