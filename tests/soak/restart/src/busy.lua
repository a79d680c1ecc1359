-- A load of every kind: children that come and go, messages, timers, a hog. It ends when it is asked to.
local time = require("time")

local function child(n)
  local ch = process.listen("x")
  process.send(process.pid(), "x", n)
  ch:receive()
  time.sleep("1ms")
end

local function main(n)
  if n then return child(n) end
  local events, more = process.events(), time.ticker("1ms"):channel()
  local cases = { events:case_receive(), more:case_receive() }
  for i = 1, 1 << 40 do
    if channel.select(cases).channel == events then return end
    for k = 1, 5 do process.spawn("restart:busy", "restart:processes", i * k) end
  end
end

return { main = main }
