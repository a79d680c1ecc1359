-- Keeps the stock: reacts to orders, publishes when something runs out. It knows neither who orders nor who else listens.
local events = require("events")

local function main(parent, stock)
  local orders = assert(events.subscribe("shop", "order.placed"))
  process.send(parent, "ready")
  while true do
    local order = orders:channel():receive().data
    stock[order.item] = stock[order.item] - order.count
    if stock[order.item] <= 0 then
      events.send("shop", "stock.empty", order.item, { missing = -stock[order.item] })
    end
  end
end

return { main = main }
