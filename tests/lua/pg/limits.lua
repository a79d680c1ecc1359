-- modules: pg
-- max_groups, max_members_per_group, and how often one process may join a group.

local i = assert(pg.open("scopes:small"))
local function limited(text, value, err)
  assert(value == nil and err:kind() == errors.RATE_LIMITED, "not refused")
  assert(err:retryable() == true)
  assert(tostring(err):find(text, 1, true), tostring(err))
end

assert(i:join("a") and i:join("b"))
limited("pg scope scopes:small has reached max_groups", i:join("c"))
assert(i:join("a")) -- it is there already
assert(i:leave("b") and i:join("c")) -- an empty group is none
assert(i:leave("c"))

-- joins count as members
assert(i:join("a") and #i:get_members("a") == 3)
limited("group 'a' has reached max_members_per_group", i:join("a"))
assert(i:leave("a") and i:join("a"))

-- a batch joins all or nothing
limited("max_members_per_group", i:join{ "b", "a" })
assert(#i:which_groups() == 1 and #i:get_members("b") == 0)
limited("max_groups", i:join{ "b", "b", "c" })
assert(#i:which_groups() == 1 and #i:get_members("b") == 0)
assert(i:join{ "b", "b", "b" })
limited("group 'b'", i:join("b"))

-- nobody heard of what was taken back
local sub = assert(i:monitor("b"))
assert(i:leave("a"))
limited("group 'b'", i:join{ "a", "b" })
assert(i:leave("b"))
local e = sub:channel():receive()
assert(e.kind == "member.left" and #i:get_members("a") == 2)

-- one process in one group of a scope without limits
local main = assert(pg.open("scopes:main"))
for _ = 1, 10000 do assert(main:join("g")) end
limited("10000 times already", main:join("g"))
assert(#main:get_members("g") == 10000)
assert(main:join("h"))
