-- One of very many: sends a tick to its collector once a second until it is asked to stop.
local time = require("time")

local function main(collector, phase_ms)
  local events = process.events()
  local first = channel.select({ time.after(phase_ms .. "ms"):case_receive(), events:case_receive() })
  if first.channel == events then return end

  local cases = { time.ticker("1s"):channel():case_receive(), events:case_receive() }
  repeat
    process.send(collector, "tick")
  until channel.select(cases).channel == events
end

return { main = main }
