-- modules: env
-- routers read in order and write to the first
assert(env.get("SHARED") == "from static")
assert(env.set("SHARED", "from memory") and env.get("SHARED") == "from memory") -- memory comes before static
assert(env.set("SHARED", "") and env.get("SHARED") == "from static")

-- a router inside a router
assert(select(2, env.get("OUTER")):kind() == errors.NOT_FOUND)
assert(env.set("OUTER", "value") and env.get("OUTER") == "value")

-- the first storage alone takes writes, also when it cannot
local value, err = env.set("STATIC_FIRST", "x")
assert(value == nil and err:kind() == errors.PERMISSION_DENIED)

-- one that cannot be read hides no value of the others
assert(env.get("BROKEN") == nil)
assert(select(2, env.get("PLAIN2")):kind() == errors.INTERNAL)

assert(env.get("IN_CIRCLE") == "round")
