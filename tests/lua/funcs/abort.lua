-- modules: funcs, system, time
-- A callee ends with its caller, however that ends; also one that computes, that waits for a state, that calls in turn.
local funcs, system, time = require("funcs"), require("system"), require("time")
local events = process.events()

local function calls(id) return #system.hosts.processes(id) end

local function until_none(id)
  while calls(id) > 0 do time.sleep("1ms") end
end

for _, how in ipairs{ "call", "async", "many", "nested" } do
  for _, end_by in ipairs{ "terminate", "return", "raise" } do
    for _, what in ipairs{ "sleep", "compute" } do
      local caller = assert(process.spawn_monitored("test:caller", "test:processes", process.pid(), how, what))
      process.listen("begun"):receive()
      if end_by == "terminate" then assert(process.terminate(caller)) else process.send(caller, "end", end_by) end
      local event = events:receive()
      assert(event.from == caller, how)
      until_none("test:stayer")
      until_none("test:middle")
    end
  end
end

-- the states of those that were aborted are gone, the function works
assert(funcs.call("test:stayer", "nothing") == "nothing")

-- a future that is canceled ends its call
local future = funcs.async("test:stayer", "sleep", process.pid())
while calls("test:stayer") == 0 do time.sleep("1ms") end
future:cancel()
until_none("test:stayer")

-- a monitor of the callee is told
future = funcs.async("test:stayer", "sleep", process.pid())
local callee
repeat callee = process.listen("begun"):receive() until process.monitor(callee) -- of "many", not all were waited for
future:cancel()
local event = events:receive()
assert(event.from == callee and event.result.error:kind() == errors.CANCELED)
assert(event.result.error:message() == "canceled")
