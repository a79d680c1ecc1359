-- One of very many: sends a tick to its collector once a second. It never looks at its events; its collector ends it.
local time = require("time")

local function main(collector, phase_ms)
  time.sleep(phase_ms * time.MILLISECOND)
  while true do
    process.send(collector, "tick")
    time.sleep(time.SECOND)
  end
end

return { main = main }
