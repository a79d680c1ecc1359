-- modules: pg
-- Joining, leaving, looking.

local i = assert(pg.open("scopes:main"))
local me = process.pid()

local function members(group)
  local list, err = i:get_members(group)
  assert(list and err == nil)
  local same = i:get_local_members(group)
  assert(#same == #list)
  table.sort(list)
  return table.concat(list, " ")
end
local function groups()
  local list, err = i:which_groups()
  assert(list and err == nil and #i:which_local_groups() == #list)
  table.sort(list)
  return table.concat(list, " ")
end
local function refused(kind, text, value, err)
  assert(value == nil and err:kind() == kind, "not refused")
  assert(tostring(err):find(text, 1, true), tostring(err))
  assert(err:retryable() == false)
end

-- nothing at first
assert(groups() == "" and members("a") == "")
refused(errors.INVALID, "not a member of group 'a'", i:leave("a"))

-- one group
local ok, err = i:join("a")
assert(ok == true and err == nil)
assert(groups() == "a" and members("a") == me)
ok, err = i:leave("a")
assert(ok == true and err == nil and groups() == "" and members("a") == "")

-- several times: one element per join, and as many leaves
for _ = 1, 3 do assert(i:join("a")) end
assert(members("a") == me .. " " .. me .. " " .. me)
assert(i:leave("a") and members("a") == me .. " " .. me)
assert(i:leave("a") and i:leave("a") and members("a") == "")
refused(errors.INVALID, "not a member", i:leave("a"))

-- batches; a name may be there twice
assert(i:join{ "x", "y", "z", "x" })
assert(groups() == "x y z" and members("x") == me .. " " .. me)
assert(i:leave{ "x", "nobody" }) -- one of them is enough
assert(members("x") == me)
assert(i:leave{ "x", "x", "y" })
assert(groups() == "z")
refused(errors.INVALID, "none of the groups", i:leave{ "x", "y" })
assert(i:leave("z"))
local many = {}
for n = 1, 1000 do many[n] = "group" .. n end
assert(i:join(many) and #i:which_groups() == 1000)
assert(i:leave(many) and groups() == "")
assert(i:join(table.make_immutable{ "frozen" }) and members("frozen") == me and i:leave("frozen"))

-- names are bytes
assert(i:join("\0") and i:join("") == nil and i:join("*") and i:join("a.b"))
assert(#i:which_groups() == 3 and members("\0") == me and members("*") == me and members("a") == "")
assert(i:leave{ "\0", "*", "a.b" })
assert(i:join(("n"):rep(1024)) and i:leave(("n"):rep(1024)))

-- bad input
refused(errors.INVALID, "group name required", i:join(""))
refused(errors.INVALID, "group name required", i:join())
refused(errors.INVALID, "group name required", i:leave(nil))
refused(errors.INVALID, "group names required", i:join{})
refused(errors.INVALID, "group names required", i:leave{})
refused(errors.INVALID, "group 2 of the list: group name required", i:join{ "a", "" })
refused(errors.INVALID, "group 1 of the list: not a string", i:join{ 1 })
refused(errors.INVALID, "group 3 of the list: not a string", i:leave{ "a", "b", {} })
refused(errors.INVALID, "longer than 1024 bytes", i:join(("n"):rep(1025)))
refused(errors.INVALID, "longer than 1024 bytes", i:join{ ("n"):rep(1025) })
many[1001] = "one too many"
refused(errors.INVALID, "more than 1000 groups", i:join(many))
refused(errors.INVALID, "group name required", i:get_members(""))
refused(errors.INVALID, "group name required", i:get_members())
refused(errors.INVALID, "group name required", i:get_local_members(""))
for _, method in ipairs{ "join", "leave", "get_members", "get_local_members", "monitor", "broadcast" } do
  for _, wrong in ipairs{ 1, true, print } do
    local fine, e = pcall(i[method], i, wrong, "t")
    assert(not fine and tostring(e):find("bad argument #", 1, true), method .. ": " .. tostring(e))
  end
end
assert(groups() == "", "a refused join has joined something: " .. groups())

-- scopes are apart
local other = assert(pg.open("scopes:other"))
assert(other:join("a") and groups() == "" and other:get_members("a")[1] == me)
assert(other:leave("a"))

-- a list is a table of its own
assert(i:join("a"))
local list = i:get_members("a")
list[1] = "changed"
assert(i:get_members("a")[1] == me and i:leave("a"))
