-- Keeps the stock: reacts to orders, publishes when something runs out. It knows neither who orders nor who else listens.
local events = require("events")

type Order = {item: string, count: integer @min(1)}

local function main(parent: string, stock: {[string]: integer})
  local orders = assert(events.subscribe("shop", "order.placed"))
  process.send(parent, "ready")
  while true do
    local order = Order:is(orders:channel():receive().data) -- anybody can publish anything
    local left = order and stock[order.item]
    if left then
      stock[order.item] = left - order.count
      if stock[order.item] <= 0 then
        events.send("shop", "stock.empty", order.item, { missing = -stock[order.item] })
      end
    end
  end
end

return { main = main }
