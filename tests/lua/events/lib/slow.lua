-- modules: events
-- Takes nothing until it is cancelled; then says what it has got up to the event with path "/end".
local parent = ...
local cancels = process.events()
local ch = events.subscribe("flood"):channel()
process.send(parent, "subscribed", "slow")
cancels:receive() -- for which there is room in a full mailbox
local seen, last = 0, 0
while true do
  local e = ch:receive()
  if e.path == "/end" then break end
  assert(e.data > last)
  seen, last = seen + 1, e.data
end
process.send(parent, "got", seen)
