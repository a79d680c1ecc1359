-- errors.new in both forms (10.2).
local e = errors.new("gone")
assert(type(e) == "userdata")
assert(e:message() == "gone" and e:kind() == "" and e:retryable() == nil and e:details() == nil)

-- further arguments are ignored, so this has the message TIMEOUT
e = errors.new("TIMEOUT", "request timed out")
assert(e:message() == "TIMEOUT" and e:kind() == "")
assert(errors.new(errors.NOT_FOUND, "x"):message() == "NotFound")
assert(errors.new(""):message() == "")
assert(errors.new("a\0b"):message() == "a\0b")

for _, bad in ipairs{true, print} do
  assert(not pcall(errors.new, bad))
end
assert(not pcall(errors.new) and not pcall(errors.new, nil))

e = errors.new{message = "no user", kind = errors.NOT_FOUND, retryable = true, details = {id = 7}}
assert(e:message() == "no user" and e:kind() == "NotFound" and e:retryable() == true and e:details().id == 7)
assert(errors.new{message = "m", retryable = false}:retryable() == false)
assert(errors.new{message = "m", kind = "Custom"}:kind() == "Custom")

-- only the message is required; it must be a string
for _, bad in ipairs{{}, {message = 1}, {message = true}, {message = {}}, {kind = "Invalid"}} do
  local ok, text = pcall(errors.new, bad)
  assert(not ok and string.find(text, "message", 1, true), text)
end

-- other fields of a wrong type are ignored
e = errors.new{message = "m", kind = 5, retryable = "yes", details = "none"}
assert(e:kind() == "" and e:retryable() == nil and e:details() == nil)
e = errors.new{message = "m", kind = {}, retryable = 1, details = 5}
assert(e:kind() == "" and e:retryable() == nil and e:details() == nil)
