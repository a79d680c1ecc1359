-- modules: env
-- get_all: all registered variables that have a value
assert(env.set("WRITABLE", "now set"))
local all = env.get_all()
local expected = {
  PLAIN = "text", NUMBER = "5", FRACTION = "1.5", FLAG = "true", ["test:by_entry"] = "named after its entry",
  TEXT_DEFAULT = "fallback", NUMBER_DEFAULT = "8080", FLAG_DEFAULT = "false", WRITABLE = "now set", READONLY = "fixed",
  READ_ONLY = "fixed too", HOME = env.get("HOME"), MOONLET_TEST_UNSET = "not set", SHARED = "from static", IN_CIRCLE = "round",
  NO_STORAGE = "alone", BAD_STORAGE = "alone too", ABSENT = "no file",
}
for key, value in pairs(expected) do assert(all[key] == value, key) end
for key, value in pairs(all) do assert(expected[key] == value, key) end

-- a table of its own
all.PLAIN = "changed"
assert(env.get_all().PLAIN == "text" and env.get("PLAIN") == "text")

local long = ("v"):rep(5000)
assert(env.set("SECOND", long) and env.get_all().SECOND == long)
assert(env.get_all("ignored").PLAIN == "text")
