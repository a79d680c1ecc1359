-- Resident memory per parked process: of the smallest, or of an actor of 60 lines. Whoever runs the benchmark measures and answers with the bytes.
local io, time = require("io"), require("time")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local function resident_bytes()
  io.print("MEASURE rss")
  io.flush()
  return assert(tonumber(io.readline()))
end

local function spawn_idlers(entry, count)
  local pids = {}
  for i = 1, count do pids[i] = assert(process.spawn(entry, "bench:processes")) end
  return pids
end

local function main()
  local count, is_actor = tonumber(io.args()[1] or 100000), io.args()[2] == "actor"
  local entry, suffix = is_actor and "bench:actor" or "bench:idler", is_actor and "_actor" or ""
  local alive = process.listen("alive")
  local warm = spawn_idlers(entry, 1)[1]
  process.send(warm, "hello", 0)
  alive:receive()

  local before = resident_bytes()
  local began = time.now()
  local pids = spawn_idlers(entry, count)
  assert(process.send(pids[count], "hello", 1)) -- the last to be started runs: so do all
  alive:receive()
  local seconds = time.now():sub(began):seconds()
  time.sleep("300ms")
  local after = resident_bytes()

  local sum = 0
  for i = 1, count, 97 do
    assert(process.send(pids[i], "hello", i))
    sum = sum + alive:receive() - i
  end
  assert(sum == 0, "wrong answers")
  for _, pid in ipairs(pids) do assert(process.terminate(pid)) end
  assert(process.terminate(warm))
  result("idle_bytes" .. suffix, (after - before) / count, "B")
  result("idle_create" .. suffix, count / seconds, "/s")
end

return { main = main }
