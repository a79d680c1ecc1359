-- modules: env
-- set: memory, read-only variables and storages, errors
local function refused(kind, text, ...)
  local value, err = env.set(...)
  assert(value == nil and err:kind() == kind, tostring(err))
  assert(tostring(err):find(text, 1, true), tostring(err))
end

assert(env.set("WRITABLE", "one") == true and env.get("WRITABLE") == "one")
assert(env.set("WRITABLE", "two") == true and env.get("WRITABLE") == "two")
assert(env.set("test:writable", "by id") and env.get("writable") == "by id")
assert(env.set("WRITABLE", "any\0bytes\n") and env.get("WRITABLE") == "any\0bytes\n")
local long = ("long "):rep(20000)
assert(env.set("WRITABLE", long) and env.get("WRITABLE") == long)

-- an empty text takes the value away
assert(env.set("WRITABLE", "") and select(2, env.get("WRITABLE")):kind() == errors.NOT_FOUND)
assert(env.set("TEXT_DEFAULT", "own") and env.get("TEXT_DEFAULT") == "own")
assert(env.set("TEXT_DEFAULT", "") and env.get("TEXT_DEFAULT") == "fallback")

refused(errors.PERMISSION_DENIED, "READONLY is read-only", "READONLY", "x")
refused(errors.PERMISSION_DENIED, "READ_ONLY is read-only", "READ_ONLY", "x")
refused(errors.PERMISSION_DENIED, "READONLY is read-only", "test:readonly", "x")
assert(env.get("READONLY") == "fixed" and env.get("READ_ONLY") == "fixed too")
refused(errors.PERMISSION_DENIED, "test:static is read-only", "PLAIN", "x")
refused(errors.PERMISSION_DENIED, "test:os is read-only", "HOME", "/")
refused(errors.INVALID, "name required", "", "x")
refused(errors.NOT_FOUND, "not found: UNKNOWN", "UNKNOWN", "x")
refused(errors.INTERNAL, "NO_STORAGE has no storage", "NO_STORAGE", "x")
refused(errors.INTERNAL, "BAD_STORAGE has no storage", "BAD_STORAGE", "x")

for _, bad in ipairs({ 5, true, {}, print }) do
  local ok, message = pcall(function() return env.set("WRITABLE", bad) end)
  assert(not ok and tostring(message):find("bad argument #2 to 'set'", 1, true), tostring(message))
  assert(not pcall(env.set, bad, "x"))
end
assert(not pcall(env.set, "WRITABLE"))
assert(not pcall(env.set, "WRITABLE", nil))
