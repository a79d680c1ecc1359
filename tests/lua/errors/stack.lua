-- stack() and errors.call_stack (10.2, 10.3): where the error was created.
local function make() return errors.new("here") end
local function outer() local e = make() return e end
local e = outer()

local stack = e:stack()
assert(type(stack) == "string" and #stack > 0)
local lines = {}
for line in string.gmatch(stack, "[^\n]+") do
  lines[#lines + 1] = line
  assert(string.find(line, "^  .+:%-?%d+ %(.+%)$"), line)
end
assert(#lines >= 2)
assert(string.find(lines[2], "(outer)", 1, true) or string.find(lines[1], "(make)", 1, true), stack)

local info = errors.call_stack(e)
assert(type(info.thread) == "string" and #info.frames >= 2)
local last = 0
for i, frame in ipairs(info.frames) do
  assert(math.type(frame.level) == "integer" and frame.level > last)
  last = frame.level
  assert(type(frame.source) == "string" and math.type(frame.line) == "integer")
  assert(type(frame.name) == "string" and type(frame.type) == "string")
  assert(string.find(lines[i], frame.source .. ":" .. frame.line .. " (" .. frame.name .. ")", 1, true))
end
assert(info.frames[1].line == 2 or info.frames[1].line == 3)
assert(errors.call_stack(e) ~= info)

-- wrapping has frames of its own
local wrapped = errors.wrap(e, "ctx")
assert(errors.call_stack(wrapped).frames[1].line ~= info.frames[1].line)

-- inside a coroutine
local co = coroutine.create(function() return errors.new("in coroutine") end)
local _, inner = coroutine.resume(co)
assert(errors.call_stack(inner).thread ~= "" and #inner:stack() > 0)

for _, other in ipairs{1, "text", true, {}, print} do
  assert(errors.call_stack(other) == nil)
end
assert(errors.call_stack(nil) == nil and errors.call_stack() == nil)

-- deep recursion does not make it long
local function deep(n) if n == 0 then return errors.new("deep") end local x = deep(n - 1) return x end
assert(#deep(5000):stack() < 4096)
