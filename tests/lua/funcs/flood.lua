-- modules: funcs
-- Who makes calls without end, or keeps results without end, dies of it alone.
local funcs = require("funcs")
local events = process.events()
for _, what in ipairs{ "calls", "results", "waiting" } do
  local pid = assert(process.spawn_monitored("test:flooder", "test:processes", what))
  local event = events:receive()
  assert(event.from == pid and event.result.error:message():find("out of memory (limit 64 MB)", 1, true),
    what .. ": " .. tostring(event.result.error))
end
assert(funcs.call("test:add", 1, 2) == 3)
