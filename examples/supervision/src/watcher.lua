-- Makes the worker crash three times, sees each death through a monitor, and then finds it working.
local io = require("io")

local CRASHES = 3

-- The next worker that reports. It is monitored before it gets an order, so its death cannot be missed.
local function next_worker(inbox)
  local pid = inbox:receive():from()
  assert(process.monitor(pid))
  return pid
end

local function main()
  assert(process.registry.register("watcher"))
  local events, inbox = process.events(), process.inbox()
  for life = 1, CRASHES do
    local worker = next_worker(inbox)
    io.print("worker started, life " .. life)
    assert(process.send(worker, "order", "crash"))
    local event = events:receive()
    if event.kind ~= process.event.EXIT then return end -- Ctrl-C
    assert(event.from == worker)
    io.print("worker died: " .. tostring(event.result.error))
  end

  local worker = next_worker(inbox)
  io.print("worker started, life " .. CRASHES + 1)
  assert(process.send(worker, "order", "bake bread"))
  io.print("worker did: " .. inbox:receive():payload():data())
end

return { main = main }
