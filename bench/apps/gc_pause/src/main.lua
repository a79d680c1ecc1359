-- The largest gap of a 1 ms canary while another process replaces the objects of a large heap.
local io, time = require("io"), require("time")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local function main()
  local megabytes, seconds = tonumber(io.args()[1] or 200), tonumber(io.args()[2] or 5)
  local full, replaced = process.listen("full"), process.listen("replaced")
  local events = process.events()
  local churn = assert(process.spawn_monitored("bench:churn", "bench:processes", process.pid(), megabytes))
  local first = channel.select({ full:case_receive(), events:case_receive() })
  if first.channel == events then return nil, first.value.result.error end

  local began = time.now()
  local last, largest = began, 0
  while last:sub(began):seconds() < seconds do
    time.sleep("1ms")
    local now = time.now()
    largest = math.max(largest, now:sub(last):microseconds())
    last = now
  end
  process.send(churn, "stop")
  local ended = events:receive().result
  if ended.error then return nil, ended.error end
  local count = replaced:receive()
  assert(count > 0, "the heap stood still")
  result("gc_pause", largest, "us")
  result("gc_churn", count / seconds, "records/s")
end

return { main = main }
