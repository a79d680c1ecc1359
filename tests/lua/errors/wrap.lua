-- errors.wrap (10.2).
local root = errors.new{message = "refused", kind = errors.UNAVAILABLE, retryable = true, details = {port = 80}}
local one = errors.wrap(root, "connecting")
assert(one ~= root and type(one) == "userdata")
assert(one:message() == "refused" and tostring(one) == "refused", "the context shows in the stack only")
assert(one:kind() == "Unavailable" and one:retryable() == true and one:details().port == 80)
assert(string.find(one:stack(), "connecting", 1, true))

-- the full text of a wrapped error has its context
local two = errors.wrap(one, "starting")
assert(two:message() == "connecting: refused")
assert(two:kind() == "Unavailable" and two:retryable() == true and two:details().port == 80)
local three = errors.wrap(two, "main")
assert(three:message() == "starting: connecting: refused")

-- innermost last
local stack = three:stack()
local a = string.find(stack, "main", 1, true)
local b = string.find(stack, "starting", 1, true)
local c = string.find(stack, "connecting", 1, true)
local d = string.find(stack, "refused", 1, true)
assert(a and b and c and d and a < b and b < c and c < d, stack)

-- a string is an error without kind
local s = errors.wrap("plain text", "ctx")
assert(s:message() == "plain text" and s:kind() == "" and s:retryable() == nil and s:details() == nil)
assert(string.find(s:stack(), "ctx", 1, true))
assert(errors.wrap(s, "more"):message() == "ctx: plain text")

-- the context may be an error
local e = errors.wrap("low", errors.new("context as error"))
assert(string.find(e:stack(), "context as error", 1, true))
assert(errors.wrap(e, "x"):message() == "context as error: low")

for _, bad in ipairs{true, {}, print} do
  assert(not pcall(errors.wrap, bad, "ctx"))
  assert(not pcall(errors.wrap, "e", bad))
end
assert(not pcall(errors.wrap, nil, "ctx") and not pcall(errors.wrap, "e") and not pcall(errors.wrap))
