-- modules: time, logger
assert(tostring(nil) == "nil" and tostring(true) == "true" and tostring("s") == "s")
assert(tostring(1) == "1" and tostring(10 / 2) == "5.0" and tostring(3 // 1) == "3" and tostring(-0.0) == "-0.0")
assert(tostring(1e100) == "1e+100" and tostring(2^53) == "9.007199254741e+15")
assert(tostring(print):match("^function: ") and tostring({}):match("^table: ") and tostring(coroutine.running()):match("^thread: "))
assert(not pcall(tostring))
assert(tostring(setmetatable({}, {__tostring = function() return "mine" end})) == "mine")
assert(tostring(setmetatable({}, {__name = "My"})):match("^My: "))
local ok, e = pcall(tostring, setmetatable({}, {__tostring = function() return {} end}))
assert(not ok and e:find("'__tostring' must return a string"))
local number = tostring(setmetatable({}, {__tostring = function() return 5 end}))
assert(type(number) == "string" and number == "5", "a number of a __tostring becomes text")
ok, e = pcall(tostring, setmetatable({}, {__tostring = function() error("inner", 0) end}))
assert(not ok and e == "inner")
-- a __tostring that blocks
assert(tostring(setmetatable({}, {__tostring = function() time.sleep("1ms"); return "slept" end})) == "slept")
-- runtime objects
for _, object in ipairs{channel.new(), errors.new("e"), payload.new(1), time.now(), time.parse_duration("1s"), logger,
                        time.timer("1h"), time.ticker("1h")} do
    assert(type(object) == "userdata" and type(tostring(object)) == "string" and #tostring(object) > 0)
end

assert(tonumber(5) == 5 and tonumber("5") == 5 and math.type(tonumber("5")) == "integer" and math.type(tonumber("5.0")) == "float")
assert(tonumber("0x10") == 16 and tonumber(" 12 ") == 12 and tonumber("1e1") == 10 and tonumber("0x1p4") == 16)
assert(tonumber("") == nil and tonumber("1 2") == nil and tonumber("1x") == nil and tonumber("1\0") == nil)
assert(tonumber({}) == nil and tonumber(nil) == nil and tonumber(true) == nil and tonumber(print) == nil)
assert(not pcall(tonumber))
assert(tonumber("z", 36) == 35 and tonumber("Z", 36) == 35 and tonumber("-ff", 16) == -255 and tonumber("11", 2) == 3)
assert(tonumber(" 7 ", 8) == 7 and tonumber("8", 8) == nil and tonumber("", 10) == nil and tonumber("-", 10) == nil)
assert(tonumber("7 7", 8) == nil and tonumber("1.5", 10) == nil and tonumber("1\0", 10) == nil)
assert(tonumber("ffffffffffffffffff", 16) == -1 and tonumber("7fffffffffffffff", 16) == math.maxinteger)
assert(not pcall(tonumber, 12, 10) and not pcall(tonumber, "1", 1) and not pcall(tonumber, "1", 37) and not pcall(tonumber, "1", {}))
assert(tonumber("10", nil) == 10)
