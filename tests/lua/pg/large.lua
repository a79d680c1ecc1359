-- modules: pg
-- timeout: 30
-- Lists and broadcasts that take more than one slice; other coroutines see nothing half done.

local i = assert(pg.open("scopes:main"))
local MEMBERS = 1500
local joined = process.listen("joined")
for _ = 1, MEMBERS do
  assert(process.spawn("test:member", "test:processes", process.pid(), "scopes:main", { "crowd", "crowd" }))
end
for _ = 1, MEMBERS do joined:receive() end
local members = i:get_members("crowd")
assert(#members == 2 * MEMBERS)
local seen = {}
for _, pid in ipairs(members) do seen[pid] = (seen[pid] or 0) + 1 end
for _, count in pairs(seen) do assert(count == 2) end

assert(i:broadcast("crowd", "hit", "to all"))
assert(i:broadcast("crowd", "report"))
local hits = process.listen("hits")
for _ = 1, MEMBERS do
  local got = hits:receive()
  assert(#got == 1 and got[1].data == "to all")
end

-- many groups
local names = {}
for batch = 1, 20 do
  for n = 1, 500 do names[n] = ("g%d.%d"):format(batch, n) end
  assert(i:join(names))
end
local groups = i:which_groups()
assert(#groups == 10001)
local set = {}
for _, name in ipairs(groups) do
  assert(not set[name])
  set[name] = true
end
assert(set["g20.500"] and set.crowd)
local sub, snapshot = i:events()
local count = 0
for name, pids in pairs(snapshot) do
  count = count + 1
  assert(#pids == (name == "crowd" and 2 * MEMBERS or 1))
end
assert(count == 10001)
assert(i:broadcast("crowd", "end"))
local left = {}
for _ = 1, MEMBERS do
  local e = sub:channel():receive()
  assert(e.kind == "member.left" and e.path == "crowd" and #e.data.PIDs == 2 and not left[e.data.PIDs[1]])
  left[e.data.PIDs[1]] = true
end
assert(#i:get_members("crowd") == 0)
