-- What a message costs per receiver, sent to a group at once, and sent to each member by itself. Measured until the last one has it.
local io, pg, time = require("io"), require("pg"), require("time")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local TEXT = ("breaking news, "):rep(60) -- 900 bytes, as a string in a table

local function start(members, count)
  local ready, pids = process.listen("ready"), {}
  for i = 1, members do pids[i] = assert(process.spawn("bench:member", "bench:processes", process.pid(), count)) end
  for _ = 1, members do ready:receive() end
  return pids
end

-- Calls `send` and waits for all members; nanoseconds per message.
local function measure(members, count, done, send)
  local began, length = time.now(), 0
  for i = 1, count do send({ number = i, text = TEXT }) end
  for _ = 1, members do length = length + done:receive() end
  local seconds = time.now():sub(began):seconds()
  assert(length == members * count * #TEXT, "news got lost")
  return seconds * 1e9 / (members * count)
end

local function main()
  local members, count = tonumber(io.args()[1] or 10000), tonumber(io.args()[2] or 20)
  local done, groups = process.listen("done"), assert(pg.open("bench:groups"))
  local pids = start(members, count)
  assert(#groups:get_members("news") == members)

  local function at_once(news) assert(groups:broadcast("news", "news", news)) end
  local function to_each(news)
    for _, pid in ipairs(pids) do assert(process.send(pid, "news", news)) end
  end
  measure(members, count, done, at_once) -- the first round pays for the growth of all heaps, whichever it is of
  local shared, each = measure(members, count, done, at_once), measure(members, count, done, to_each)
  for _, pid in ipairs(pids) do assert(process.terminate(pid)) end
  result("broadcast", shared, "ns")
  result("broadcast_send", each, "ns")
end

return { main = main }
