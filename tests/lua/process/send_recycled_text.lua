-- The text of a PID is garbage after each send, and the next one may lie where it lay: each message must reach whom its own text names.
local bytes = {}
local got = process.listen("got")
for i = 1, 2 do
  local pid = assert(process.spawn("test:count_hits", "test:processes", process.pid(), i))
  bytes[i] = { string.byte(pid, 1, -1) }
end

-- Enough for the collector to have gone round.
local function make_garbage()
  local kept
  for _ = 1, 300 do kept = { 1, 2, 3, 4, 5, 6, 7, 8, 9 } end
  return kept
end

for i = 1, 2000 do
  local which = i % 2 + 1
  assert(process.send(string.char(table.unpack(bytes[which])), "hit", which))
  make_garbage()
end
for i = 1, 2 do assert(process.send(string.char(table.unpack(bytes[i])), "hit", 0)) end
local total = 0
for _ = 1, 2 do total = total + got:receive() end
assert(total == 2000, total)

-- Neither does a name that is given to another process keep its old meaning.
local names = {}
for i = 1, 2 do
  local pid = assert(process.spawn("test:count_hits", "test:processes", process.pid(), i))
  assert(process.registry.register("the_target", pid))
  assert(process.send("the_target", "hit", i))
  assert(process.send("the_target", "hit", 0))
  assert(got:receive() == 1)
  names[i] = pid
  process.registry.unregister("the_target")
end
assert(names[1] ~= names[2])
