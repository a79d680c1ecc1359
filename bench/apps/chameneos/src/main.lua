-- Creatures that change their colours when two of them meet: all messages go through the one place where they meet.
local io, time = require("io"), require("time")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local function main()
  local creatures, meetings = tonumber(io.args()[1] or 10), tonumber(io.args()[2] or 200000)
  local done = process.listen("done")
  local began = time.now()
  local broker = assert(process.spawn("bench:broker", "bench:processes", creatures, meetings))
  for i = 1, creatures do assert(process.spawn("bench:creature", "bench:processes", process.pid(), broker, i % 3)) end
  local met, with_itself = 0, 0
  for _ = 1, creatures do
    local counts = done:receive()
    met, with_itself = met + counts[1], with_itself + counts[2]
  end
  local seconds = time.now():sub(began):seconds()
  assert(met == 2 * meetings, "not two creatures in each meeting")
  assert(with_itself == 0, "a creature met itself")
  result("chameneos", meetings / seconds, "meetings/s")
end

return { main = main }
