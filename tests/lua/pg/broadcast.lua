-- modules: pg
-- One message to each member: topic, sender, payload.

local i = assert(pg.open("scopes:main"))
local joined, hits = process.listen("joined"), process.listen("hits")
local pids = {}
for n = 1, 5 do
  pids[n] = assert(process.spawn("test:member", "test:processes", process.pid(), "scopes:main",
    n % 2 == 1 and { "all", "odd" } or { "all", "all" }))
  assert(joined:receive() == pids[n])
end
local function report(pid)
  assert(process.send(pid, "report"))
  return hits:receive()
end

local ok, err = i:broadcast("all", "hit", "hello")
assert(ok == true and err == nil)
assert(i:broadcast_local("odd", "hit", { n = 1, list = { 1, 2 } }) == true)
for n = 1, 5 do
  local got = report(pids[n])
  assert(#got == (n % 2 == 1 and 2 or 1), #got) -- one each, however often it has joined
  assert(got[1].data == "hello" and got[1].from == process.pid() and got[1].count == 1)
  if n % 2 == 1 then assert(got[2].data.n == 1 and got[2].data.list[2] == 2) end
end

-- none, several and nil values; a large one, shared by all
assert(i:broadcast("all", "hit") and i:broadcast("all", "hit", 1, nil, 3) and i:broadcast("all", "hit", nil))
local big = { text = ("x"):rep(100000) }
for n = 1, 20000 do big[n] = n end
assert(i:broadcast("all", "hit", big))
big[1] = "changed afterwards"
for n = 1, 5 do
  local got = report(pids[n])
  assert(#got == 4 and got[1].count == 0 and got[2].count == 3 and got[3].count == 1)
  assert(got[4].data[1] == 1 and got[4].data[20000] == 20000 and #got[4].data.text == 100000)
end

-- in the order of the sender's other messages
for n = 1, 200 do
  if n % 2 == 0 then process.send(pids[1], "hit", n) else i:broadcast("odd", "hit", n) end
end
local got = report(pids[1])
assert(#got == 200)
for n = 1, 200 do assert(got[n].data == n) end

-- to oneself as well; a listener gets the raw value
assert(i:join("mine"))
local topic = process.listen("ping")
assert(i:broadcast("mine", "ping", 42) and topic:receive() == 42)

-- nobody there
assert(i:broadcast("nobody", "hit", 1) == true)

-- a dead member is none
process.terminate(pids[2])
assert(i:broadcast("all", "hit", "after"))
assert(report(pids[1])[1].data == "after")

local function refused(text, value, e)
  assert(value == nil and e:kind() == errors.INVALID, "not refused")
  assert(tostring(e):find(text, 1, true), tostring(e))
end
for _, method in ipairs{ "broadcast", "broadcast_local" } do
  refused("group name required", i[method](i, "", "t"))
  refused("group name required", i[method](i))
  refused("topic required", i[method](i, "g", ""))
  refused("topic required", i[method](i, "g"))
  refused("topic required", i[method](i, "g", nil, 1))
  refused("@ topics", i[method](i, "g", "@x"))
  refused("longer than 65535", i[method](i, "g", ("t"):rep(65536)))
  local deep = {}
  for _ = 1, 200 do deep = { deep } end
  refused("cannot be sent", i[method](i, "g", "t", deep))
  local fine, e = pcall(i[method], i, "g", 5)
  assert(not fine and tostring(e):find("bad argument #", 1, true), tostring(e))
end
assert(i:broadcast("all", "end"))
