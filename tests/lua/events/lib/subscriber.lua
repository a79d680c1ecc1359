-- modules: events
-- Subscribes, says so, and sends what it gets to its parent: as many events as told, then ends (or waits for ever).
local parent, name, system, count, stay = ...
local sub = assert(events.subscribe(system))
process.send(parent, "subscribed", name)
local got = {}
for i = 1, count do
  local e = sub:channel():receive()
  got[i] = e.path
end
process.send(parent, "got", name, got)
if stay then process.inbox():receive() end
