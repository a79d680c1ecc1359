-- modules: pg
-- Members leave when they end, however that comes about, and before anybody hears of it.

local i = assert(pg.open("scopes:main"))
local joined, exits = process.listen("joined"), process.events()
local sub, members = i:monitor("g")
assert(#members == 0)
local events = sub:channel()

local function start(groups)
  local pid = assert(process.spawn_monitored("test:member", "test:processes", process.pid(), "scopes:main", groups))
  assert(joined:receive() == pid)
  return pid
end
local function next_event(kind, pid, count)
  local e = events:receive()
  assert(e.system == "pg" and e.kind == kind and e.path == "g" and e.data.Group == "g", e.kind)
  assert(#e.data.PIDs == count, #e.data.PIDs)
  for _, p in ipairs(e.data.PIDs) do assert(p == pid) end
end

for _, how in ipairs{ "return", "fail", "terminate", "cancelled host" } do
  local pid = start{ "g", "other", "g", "g" }
  for _ = 1, 3 do next_event("member.joined", pid, 1) end
  assert(#i:get_members("g") == 3 and #i:get_members("other") == 1)
  if how == "terminate" then
    assert(process.terminate(pid))
  else
    assert(process.send(pid, how == "fail" and "fail" or "end"))
  end
  local e = exits:receive()
  assert(e.from == pid)
  -- who has seen the EXIT sees no member any more
  assert(#i:get_members("g") == 0 and #i:get_members("other") == 0 and #i:which_groups() == 0)
  next_event("member.left", pid, 3) -- one event, its PID once per join
end

-- many at once
local pids = {}
for n = 1, 50 do
  pids[n] = start{ "g" }
  next_event("member.joined", pids[n], 1)
end
assert(#i:get_members("g") == 50)
for n = 1, 50 do process.terminate(pids[n]) end
for _ = 1, 50 do exits:receive() end
assert(#i:get_members("g") == 0 and #i:which_groups() == 0)
local left = {}
for _ = 1, 50 do
  local e = events:receive()
  assert(e.kind == "member.left" and not left[e.data.PIDs[1]])
  left[e.data.PIDs[1]] = true
end
for _, pid in ipairs(pids) do assert(left[pid]) end
