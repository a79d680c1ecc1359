-- What all services run: takes its name, reports, and waits until it is told to stop.
local time = require("time")

local function main(index)
  assert(process.registry.register("service " .. index))
  local events = process.events()
  while not process.send("killer", "up", index) do time.sleep("5ms") end
  events:receive()
end

return { main = main }
