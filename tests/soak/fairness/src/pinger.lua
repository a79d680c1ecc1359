-- Pings a partner every 20 ms until told to stop; then tells the times.
local time = require("time")

local function main(parent, partner)
  local me, pongs, stop, times = process.pid(), process.listen("pong"), process.listen("stop"), {}
  while true do
    local began = time.now()
    process.send(partner, "ping", me)
    pongs:receive()
    times[#times + 1] = time.now():sub(began):microseconds()
    if not channel.select({ stop:case_receive() }, true).default then break end
    time.sleep("20ms")
  end
  process.send(parent, "times", times)
end

return { main = main }
