-- Round trips per second of pairs of processes that send each other integers, or tables of three fields.
local io, time = require("io"), require("time")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local function main()
  local pairs_count, trips = tonumber(io.args()[1] or 1), tonumber(io.args()[2] or 500000)
  local is_table = io.args()[3] == "table"
  local ping, metric = is_table and "bench:ping_table" or "bench:ping", is_table and "pingpong_table_" or "pingpong_"
  local done, me = process.listen("done"), process.pid()
  local began = time.now()
  for _ = 1, pairs_count do
    local pong = assert(process.spawn("bench:pong", "bench:processes"))
    assert(process.spawn(ping, "bench:processes", me, pong, trips))
  end
  local right = 0
  for _ = 1, pairs_count do right = right + done:receive() end
  local seconds = time.now():sub(began):seconds()
  assert(right == pairs_count * trips, "wrong answers")
  result(metric .. pairs_count, right / seconds, "round trips/s")
end

return { main = main }
