-- Starts the subscribers, places orders, and prints what the auditor has seen.
local io, events = require("io"), require("events")

local function main()
  local ready, lines = process.listen("ready"), process.listen("line")
  local empty = assert(events.subscribe("shop", "stock.*")) -- all kinds that begin so

  local stock = assert(process.spawn_linked("shop:stock", "shop:processes", process.pid(), { bread = 3, milk = 10 }))
  assert(process.spawn_linked("shop:audit", "shop:processes", process.pid()))
  ready:receive()
  ready:receive()

  for number, order in ipairs({ { item = "bread", count = 2 }, { item = "milk", count = 1 }, { item = "bread", count = 2 } }) do
    assert(events.send("shop", "order.placed", "orders/" .. number, order))
  end
  local event = empty:channel():receive()
  io.print(string.format("no more %s, %d missing", event.path, event.data.missing))

  assert(events.send("shop", "closing", "shop"))
  for _ = 1, 5 do
    local line = lines:receive()
    io.print(line)
  end
  process.unlink(stock)
  process.terminate(stock)
end

return { main = main }
