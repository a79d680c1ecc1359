-- The object itself (10.3).
local e = errors.new{message = "text", kind = errors.INVALID}
assert(type(e) == "userdata" and tostring(e) == "text")

-- methods are fields too, unknown names give nil
for _, name in ipairs{"kind", "message", "retryable", "details", "stack"} do
  assert(type(e[name]) == "function", name)
  assert(not pcall(e[name]) and not pcall(e[name], 1) and not pcall(e[name], "x") and not pcall(e[name], {}))
  assert(not pcall(e[name], channel.new(1)))
end
assert(e.kind(e) == "Invalid")
assert(e.no_such_method == nil and e[1] == nil and e[true] == nil)
assert(not pcall(function() e.kind = 1 end))
assert(not getmetatable(e))

-- concatenation on either side
assert(e .. "!" == "text!" and "!" .. e == "!text" and e .. 1 == "text1" and 2 .. e == "2text")
assert(e .. e == "texttext" and "a" .. e .. "b" .. e == "atextbtext" and e .. 1.5 == "text1.5")
assert(type(e .. "") == "string")
for _, bad in ipairs{true, {}, print} do
  assert(not pcall(function() return e .. bad end) and not pcall(function() return bad .. e end))
end
assert(not pcall(function() return e .. nil end))

-- identity, not content
local same = errors.new{message = "text", kind = errors.INVALID}
assert(e ~= same and e == e and not rawequal(e, same))
local set = {[e] = 1, [same] = 2}
assert(set[e] == 1 and set[same] == 2)
assert(not pcall(function() return e < same end))
assert(not pcall(function() return #e end))

-- a string where the library functions want one (1.2)
assert(string.find(e, "tex") == 1 and string.len(e) == 4 and string.upper(e) == "TEXT")
assert(string.format("<%s>", e) == "<text>")
