-- Microseconds per message of a table of records that is sent to a process and back: each way copies it. 14 records are about 1 KB as
-- JSON, 870 about 64 KB.
local io, time = require("io"), require("time")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local function payload(items)
  local list = {}
  for i = 1, items do
    list[i] = { id = i, name = "user_" .. i, score = i * 1.5, tags = { "alpha", "beta", "gamma" } }
  end
  return list
end

local function check(list, items)
  assert(#list == items, "items got lost")
  for i, item in ipairs(list) do
    assert(item.id == i and item.name == "user_" .. i and item.score == i * 1.5, "a record is wrong")
    assert(table.concat(item.tags, " ") == "alpha beta gamma", "the tags are wrong")
  end
end

local function main()
  local args = io.args()
  local name, items, trips = args[1] or "1k", tonumber(args[2] or 14), tonumber(args[3] or 50000)
  local answers = process.listen("answer")
  local echo = assert(process.spawn("bench:echo", "bench:processes", process.pid()))
  local list = payload(items)
  assert(process.send(echo, "value", list))
  list = answers:receive() -- both are warm

  local began = time.now()
  for _ = 1, trips do
    process.send(echo, "value", list)
    list = answers:receive()
  end
  local seconds = time.now():sub(began):seconds()
  check(list, items)
  assert(process.terminate(echo))
  result("payload_" .. name, seconds * 1e6 / (2 * trips), "us")
end

return { main = main }
