-- modules: time
-- Libraries open on first use; no program can tell. Each part runs before anything it asks for has been touched.

-- a global that was never used can be removed, replaced, and stays so
utf8 = nil
assert(utf8 == nil and rawget(_G, "utf8") == nil)
payload = 5
assert(payload == 5)
payload = nil
assert(payload == nil)
local m = math
math = nil
assert(math == nil and m.pi > 3)
assert(require("math") == m)

-- rawget, next and pairs see what was not used yet
assert(rawget(_G, "os") == os and rawget(_G, "xpcall") == xpcall)
assert(rawget(coroutine, "wrap") == coroutine.wrap and rawget(coroutine, "nothing") == nil)
local members = {}
for k, v in pairs(table) do
    members[k] = v
end
assert(members.concat == table.concat and members.pack and members.create)
for k, v in next, string do
    assert(string[k] == v and type(k) == "string")
end
assert(#string == 0)

local seen = {}
for k, v in pairs(_G) do
    seen[k] = v
end
for name in ("assert error process channel errors time string _G _VERSION coroutine"):gmatch("%S+") do
    assert(seen[name] ~= nil and seen[name] == _G[name], name)
end
assert(seen.utf8 == nil and seen.payload == nil and seen.math == nil and seen.logger == nil)
for k in pairs(_G) do
    assert(type(k) == "string")
end

-- a program's own metatable
assert(getmetatable(_G) == nil)
local missing
setmetatable(_G, {__index = function(_, k) missing = k end, __newindex = function(_, k) error("undeclared " .. k) end})
assert(undefined_name == nil and missing == "undefined_name")
assert(not pcall(function() undefined_name = 1 end))
rawset(_G, "defined_name", 1)
assert(defined_name == 1)
setmetatable(_G, nil)
undefined_name = 2
assert(undefined_name == 2 and type(tostring) == "function")
