-- errors.is (10.2): an error object of exactly that kind; false for any other value.
local e = errors.new{message = "m", kind = errors.NOT_FOUND}
assert(errors.is(e, errors.NOT_FOUND) == true and errors.is(e, "NotFound") == true)
assert(errors.is(e, "notfound") == false and errors.is(e, errors.INVALID) == false and errors.is(e, "") == false)
assert(errors.is(errors.new("m"), errors.UNKNOWN) == true)
assert(errors.is(errors.wrap(e, "ctx"), errors.NOT_FOUND) == true)
assert(errors.is(nil, errors.NOT_FOUND) == false and errors.is(nil, errors.UNKNOWN) == false)
assert(errors.is("NotFound", "NotFound") == false)
for _, other in ipairs{1, true, {}, print, coroutine.create(print), channel.new(1)} do
  assert(errors.is(other, errors.NOT_FOUND) == false)
end
