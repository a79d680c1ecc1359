-- Wants a name that only one can have; waits for the death of whoever holds it; has it for a while and ends, well or badly.
local time = require("time")

local function await_end(holder)
  local events = process.events()
  local ok, err = process.monitor(holder)
  if not ok then
    assert(err:message():find("not registered"), err)
    return
  end
  local event = events:receive()
  assert(event.kind == process.event.EXIT and event.from == holder, "not the EXIT of the holder")
end

local function main(parent)
  while not process.registry.register("the one") do
    local holder = process.registry.lookup("the one")
    if holder then await_end(holder) end
  end
  assert(process.send(parent, "claimed"))
  if math.random(2) == 1 then time.sleep(math.random(500) .. "us") end
  assert(process.registry.lookup("the one") == process.pid(), "somebody else has the name")
  if math.random(2) == 1 then error("a bad end") end
end

return { main = main }
