-- modules: env, time
-- values in a file: made when asked for, kept, seen by others; a set suspends only its coroutine
local function refused(kind, text, ...)
  local value, err = env.set(...)
  assert(value == nil and err:kind() == kind, tostring(err))
  assert(tostring(err):find(text, 1, true), tostring(err))
end

assert(env.get("IN_FILE") == nil)
local others = 0
coroutine.spawn(function() others = others + 1 end)
assert(env.set("IN_FILE", "one") and env.get("IN_FILE") == "one")
assert(others == 1, "the other coroutine ran while this one waited for the disk")
assert(env.set("IN_FILE2", "'quotes' are kept = yes") and env.get("IN_FILE2") == "'quotes' are kept = yes")
assert(env.get("IN_FILE") == "one")
assert(env.set("IN_FILE", "") and env.get("IN_FILE") == nil)
assert(env.set("DEEP", "down") and env.get("DEEP") == "down")

refused(errors.INVALID, "line break", "IN_FILE", "two\nlines")
refused(errors.INVALID, "'#'", "IN_FILE", "a # comment")
refused(errors.INVALID, "blank", "IN_FILE", " padded")
refused(errors.INVALID, "zero byte", "IN_FILE", "a\0b")
assert(env.get("IN_FILE2") == "'quotes' are kept = yes")

assert(env.get("ABSENT") == "no file")
refused(errors.INTERNAL, "absent.env does not exist, and auto_create is off", "ABSENT", "x")
refused(errors.INTERNAL, "src cannot be read: Is a directory", "BAD", "x")
refused(errors.INTERNAL, "file_path is missing", "NO_PATH", "x")

-- many at once lose nothing
local done = channel.new(20)
for i = 1, 20 do
  coroutine.spawn(function() done:send(env.set(i % 2 == 0 and "IN_FILE" or "IN_FILE2", "n" .. i)) end)
end
for _ = 1, 20 do assert(done:receive() == true) end
assert(env.get("IN_FILE"):find("^n%d+$") and env.get("IN_FILE2"):find("^n%d+$"))

-- where nothing can wait it says so, and changes nothing
local before = env.get("IN_FILE")
local sorted, message = pcall(table.sort, { 1, 2, 3 }, function(a, b) env.set("IN_FILE", "sorted") return a < b end)
assert(sorted, message) -- our sort lets its comparison wait
assert(env.get("IN_FILE") == "sorted" and before ~= "sorted")
