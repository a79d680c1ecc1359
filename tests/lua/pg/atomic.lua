-- modules: pg
-- Snapshot plus events is always what there is, while others join and leave as fast as they can.

local i = assert(pg.open("scopes:main"))
local WORKERS, ROUNDS = 6, 60
local finished = process.listen("finished")
local workers = {}
for n = 1, WORKERS do
  workers[n] = assert(process.spawn("test:churner", "test:processes", process.pid(), "scopes:main", 300))
end

local function apply(counts, e)
  for _, pid in ipairs(e.data.PIDs) do
    local n = (counts[pid] or 0) + (e.kind == "member.joined" and 1 or -1)
    assert(n >= 0, "left without having joined")
    counts[pid] = n
  end
end

-- many monitors, opened at any moment
local monitors = {}
for n = 1, ROUNDS do
  local sub, members
  if n % 2 == 0 then
    sub, members = i:monitor("g")
  else
    local groups
    sub, groups = i:events()
    members = groups.g or {}
  end
  local counts = {}
  for _, pid in ipairs(members) do counts[pid] = (counts[pid] or 0) + 1 end
  monitors[n] = { ch = sub:channel(), counts = counts }
  coroutine.yield()
end
for _ = 1, WORKERS do finished:receive() end
-- the churners stay until told, with as many joins as they say; the mark comes after all of their changes
assert(i:join("g"))
local truth = {}
for _, pid in ipairs(i:get_members("g")) do truth[pid] = (truth[pid] or 0) + 1 end
for n, m in ipairs(monitors) do
  repeat
    local e = m.ch:receive()
    if e.path == "g" then apply(m.counts, e) end
  until e.path == "g" and e.data.PIDs[1] == process.pid()
  for pid, count in pairs(truth) do assert(m.counts[pid] == count, "monitor " .. n) end
  for pid, count in pairs(m.counts) do assert((truth[pid] or 0) == count, "monitor " .. n) end
end
for _, pid in ipairs(workers) do process.send(pid, "end") end
