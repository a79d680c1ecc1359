local function fails(...)
    local ok, e = pcall(...)
    assert(ok == false)
    return e
end
-- assert gives back everything, or raises its message itself
assert(select("#", assert(1, nil, 3)) == 3)
assert(fails(function() assert(false) end):find("assertion failed!", 1, true))
assert(fails(function() assert(nil, "text") end) == "text")
assert(fails(function() assert(false, nil) end) == nil)
local t = {}
assert(fails(function() assert(false, t) end) == t)
local object = errors.new("an object")
assert(fails(function() assert(false, object) end) == object)
assert(fails(assert):find("value expected"))

-- error
assert(fails(error) == nil and fails(error, nil) == nil)
assert(fails(error, t) == t and fails(error, object) == object and fails(error, 5) == 5)
assert(fails(function() error("m") end):match(":%d+: m$"))
assert(fails(function() error("m", 0) end) == "m")
local function thrower() error("m", 2) end
local line1 = fails(function() error("m") end):match(":(%d+): m$")
local line2 = fails(function() thrower() end):match(":(%d+): m$")
assert(tonumber(line2) == tonumber(line1) + 1)
assert(fails(error, "m", "x"):find("number expected"))
