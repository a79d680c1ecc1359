-- modules: env
-- the chunk may read variables, and writes of memory; a file would make it wait
assert(env.get("PLAIN") == "text" and env.set("WRITABLE", "early"))
local ok, message = pcall(env.set, "IN_FILE", "x")
assert(not ok and tostring(message):find("cannot block while loading", 1, true), tostring(message))
return { main = function()
  assert(env.get("WRITABLE") == "early" and env.get("IN_FILE") == nil)
end }
