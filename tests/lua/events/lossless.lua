-- modules: events
-- Far more events than the channel's 64 wait in the mailbox, in order, beside the messages of other topics.

local ch = events.subscribe("s"):channel()
local marks = events.subscribe("marks"):channel()
local topic = process.listen("t")
for i = 1, 20000 do
  assert(events.send("s", "k", "/", i))
  if i % 1000 == 0 then process.send(process.pid(), "t", i) end
end
events.send("marks", "end", "/")
assert(marks:receive().kind == "end") -- the bus has sent all by now
for i = 1, 20 do assert(topic:receive() == i * 1000) end
for i = 1, 20000 do
  local e = ch:receive()
  assert(e.data == i)
end
assert(channel.select({ ch:case_receive() }, true).default)
