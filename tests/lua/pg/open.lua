-- modules: pg
-- Opening and releasing a scope; what the objects look like.

local i, err = pg.open("scopes:main")
assert(i and err == nil)
assert(type(i) == "userdata" and tostring(i) == "pg.Instance{scopes:main}")
assert(type(i.join) == "function" and i.unknown == nil)
assert(i ~= pg.open("scopes:main"))

local function refused(kind, text, value, e)
  assert(value == nil, "not refused")
  assert(e:kind() == kind, e:kind())
  assert(tostring(e):find(text, 1, true), tostring(e))
  assert(e:retryable() == false)
end
refused(errors.INVALID, "scope id required", pg.open(""))
refused(errors.INVALID, "scope id required", pg.open())
refused(errors.INVALID, "scope id required", pg.open(nil))
refused(errors.INTERNAL, "no pg scope scopes:unknown", pg.open("scopes:unknown"))
refused(errors.INTERNAL, "no pg scope main", pg.open("main"))
refused(errors.INTERNAL, "no pg scope", pg.open("a\0b"))
refused(errors.INTERNAL, "no pg scope", pg.open(("x"):rep(10000)))
refused(errors.INTERNAL, "not running", pg.open("scopes:stopped"))
refused(errors.INTERNAL, "not available", pg.open("scopes:rejected"))
refused(errors.INTERNAL, "not available", pg.open("scopes:rejected_too"))
refused(errors.INVALID, "test:main is a process.lua, not a pg.scope", pg.open("test:main"))
refused(errors.INVALID, "test:processes is a process.host", pg.open("test:processes"))
assert(pg.open("scopes:sloppy")) -- slips in other fields only warn
for _, wrong in ipairs{ 1, true, {}, print } do
  local ok, e = pcall(pg.open, wrong)
  assert(not ok and tostring(e):find("bad argument #1", 1, true), tostring(e))
end

-- released: every method says so, whatever its arguments are
assert(i:join("g") == true)
assert(i:release() == true and i:release() == true)
assert(tostring(i) == "pg.Instance{scopes:main, released}")
local released = "pg instance is released"
refused(errors.INVALID, released, i:join("g"))
refused(errors.INVALID, released, i:join())
refused(errors.INVALID, released, i:leave("g"))
refused(errors.INVALID, released, i:get_members("g"))
refused(errors.INVALID, released, i:get_local_members("g"))
refused(errors.INVALID, released, i:which_groups())
refused(errors.INVALID, released, i:which_local_groups())
refused(errors.INVALID, released, i:broadcast("g", "t"))
refused(errors.INVALID, released, i:broadcast_local("g", "t"))
for _, method in ipairs{ "monitor", "events" } do
  local a, b, e = i[method](i, "g")
  assert(a == nil and b == nil and e:kind() == errors.INVALID and tostring(e) == released)
end

-- memberships are the process's, not the instance's
local again = pg.open("scopes:main")
assert(again:get_members("g")[1] == process.pid())

-- methods on something else
local ok, e = pcall(again.join, {}, "g")
assert(not ok and tostring(e):find("pg.Instance expected", 1, true))
ok, e = pcall(again.join)
assert(not ok and tostring(e):find("pg.Instance expected", 1, true))
ok, e = pcall(function() pg.open = nil end)
assert(not ok and tostring(e):find("read-only", 1, true))
