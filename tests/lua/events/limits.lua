-- modules: events, time
-- flags: -c
-- expect-stderr: does not keep up
-- expect-stderr: for its subscription to flood are lost
-- A subscriber whose mailbox is full loses events, in order; nobody else does, and it gets the later ones.

local subscribed, got = process.listen("subscribed"), process.listen("got")
local mine = events.subscribe("flood"):channel()
local pid = assert(process.spawn("test:slow", "small:host", process.pid()))
subscribed:receive()
for i = 1, 1000 do assert(events.send("flood", "k", "/", i)) end
for i = 1, 1000 do assert(mine:receive().data == i) end -- all have been sent to all
assert(process.cancel(pid))
local seen
local answered = channel.new(1)
coroutine.spawn(function() answered:send(got:receive()) end)
while not seen do
  events.send("flood", "k", "/end")
  local r = channel.select{ answered:case_receive(), time.after("2ms"):case_receive() }
  if r.channel == answered then seen = r.value end
end
assert(seen >= 10 and seen <= 100, seen)
