-- Whoever loses an allocation ends, and says why; all others go on. So this ends well, or with an error that names its reason.
local io, time = require("io"), require("time")

local function main()
  local events, answers = process.events(), process.listen("answer")
  assert(process.set_options({ trap_links = true }))
  local child = assert(process.spawn_linked_monitored("oom:child", "oom:processes", process.pid()))
  assert(process.send(child, "question", { text = string.rep("x", 2000), list = { 1, 2, 3 } }))
  local got = channel.select({ answers:case_receive(), events:case_receive() })
  if got.channel == events then return nil, tostring(got.value.result.error) end
  assert(got.value == 2003)
  local event = events:receive()
  assert(event.kind == process.event.EXIT and event.from == child)
  if event.result.error then return nil, tostring(event.result.error) end
  coroutine.spawn(function() time.sleep("1ms") end)
  time.sleep("2ms")
  io.print("done " .. io.readline())
end

return { main = main }
