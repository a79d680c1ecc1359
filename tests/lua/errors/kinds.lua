-- Kinds are plain strings (10.1).
local want = {
  NOT_FOUND = "NotFound", ALREADY_EXISTS = "AlreadyExists", INVALID = "Invalid",
  PERMISSION_DENIED = "PermissionDenied", UNAVAILABLE = "Unavailable", INTERNAL = "Internal",
  CANCELED = "Canceled", CONFLICT = "Conflict", TIMEOUT = "Timeout", RATE_LIMITED = "RateLimited", UNKNOWN = "",
}
for name, text in pairs(want) do
  assert(errors[name] == text, name)
  local e = errors.new{message = "m", kind = errors[name]}
  assert(e:kind() == text and errors.is(e, text) and errors.is(e, errors[name]), name)
end
assert(errors.Unknown == nil and errors.NO_SUCH_KIND == nil)
assert(errors.new("m"):kind() == errors.UNKNOWN)

-- the table is read-only
assert(not pcall(function() errors.NOT_FOUND = "other" end))
assert(errors.NOT_FOUND == "NotFound")

-- and complete when walked
local functions, kinds = 0, 0
for _, value in pairs(errors) do
  if type(value) == "function" then
    functions = functions + 1
  elseif type(value) == "string" then
    kinds = kinds + 1
  else
    assert(value == errors.Error)
  end
end
assert(functions == 4 and kinds == 11)
assert(require("errors") == errors)
