-- Writes down all events of the shop, whatever their kind; every subscriber sees events in the same order.
local events = require("events")

local function main(parent)
  local all = assert(events.subscribe("shop"))
  process.send(parent, "ready")
  while true do
    local event = all:channel():receive()
    process.send(parent, "line", string.format("%-13s %s", event.kind, event.path))
    if event.kind == "closing" then
      all:close()
      return
    end
  end
end

return { main = main }
