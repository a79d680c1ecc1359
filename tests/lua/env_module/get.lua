-- modules: env
-- get: values, defaults, names, errors
local function missing(key)
  local value, err = env.get(key)
  assert(value == nil and err:kind() == errors.NOT_FOUND and not err:retryable(), key)
  assert(tostring(err):find("environment variable not found", 1, true), tostring(err))
end

assert(env.get("PLAIN") == "text")
assert(env.get("NUMBER") == "5")
assert(env.get("FRACTION") == "1.5")
assert(env.get("FLAG") == "true")
assert(select("#", env.get("PLAIN")) <= 2 and select(2, env.get("PLAIN")) == nil)

-- an empty text and a null count as missing
missing("NOTHING")
missing("EMPTY")
missing("EMPTY_DEFAULT")

assert(env.get("TEXT_DEFAULT") == "fallback")
assert(env.get("NUMBER_DEFAULT") == "8080")
assert(env.get("FLAG_DEFAULT") == "false")

-- public name, name beside the caller, full id
assert(env.get("by_entry") == "named after its entry")
assert(env.get("test:by_entry") == "named after its entry")
assert(env.get("plain") == "text" and env.get("test:plain") == "text")

assert(#env.get("HOME") > 0)
assert(env.get("MOONLET_TEST_UNSET") == "not set")

-- only what is registered can be seen
missing("PATH")
missing("test:static")
missing("nobody:plain")
missing("test:")
missing(":plain")
missing("PLAIN\0")
missing(("x"):rep(300))
missing(("x"):rep(100000))

local value, err = env.get("")
assert(value == nil and err:kind() == errors.INVALID)

for _, bad in ipairs({ 5, true, {}, print }) do
  local ok, message = pcall(function() return env.get(bad) end)
  assert(not ok and tostring(message):find("bad argument #1 to 'get'", 1, true), tostring(message))
end
assert(not pcall(env.get))

-- storages that cannot be used say why, whatever the default is
for _, key in ipairs({ "BAD", "NO_PATH", "BROKEN" }) do
  value, err = env.get(key)
  assert(value == nil and err:kind() == errors.INTERNAL, key)
end
assert(tostring(select(2, env.get("BAD"))):find("test:bad_file: src cannot be read: Is a directory", 1, true))
assert(tostring(select(2, env.get("NO_PATH"))):find("file_path is missing", 1, true))
