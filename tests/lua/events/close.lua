-- modules: events, time
-- The end of a subscription.

local function is_closed(ch)
  local value, more = ch:receive()
  return value == nil and more == false
end

-- a waiting receiver gets nil, false
local sub = events.subscribe("s")
local ch = sub:channel()
local done = channel.new()
coroutine.spawn(function()
  local value, more = ch:receive()
  done:send({ value, more })
end)
coroutine.spawn(function() done:send(channel.select{ ch:case_receive() }) end)
assert(sub:close() == true)
local r = done:receive()
assert(r[1] == nil and r[2] == false)
r = done:receive()
assert(r.channel == ch and r.ok == false and r.value == nil)
assert(is_closed(ch))

-- again and again; the channel is still that channel
assert(sub:close() == true and sub:close() == true)
assert(sub:channel() == ch and is_closed(ch))
assert(tostring(sub) == "events.Subscription{}")

-- nothing that is sent afterwards arrives
local other = events.subscribe("s"):channel()
events.send("s", "k", "/after")
assert(other:receive().path == "/after")
assert(is_closed(ch))

-- what came before can still be received
local late = events.subscribe("s")
local late_ch = late:channel()
for i = 1, 100 do events.send("s", "k", "/", i) end
for i = 1, 100 do assert(other:receive().data == i) end -- so that all have arrived
events.send("s", "k", "/end")
other:receive()
late:close()
for i = 1, 100 do assert(late_ch:receive().data == i) end
local e, more = late_ch:receive()
assert((more and e.path == "/end" and is_closed(late_ch)) or more == false)

-- a channel that the program closes itself takes nothing more
local mine = events.subscribe("s")
mine:channel():close()
events.send("s", "k", "/closed")
assert(other:receive().path == "/closed")
assert(is_closed(mine:channel()))
assert(mine:close() == true)

-- it is no topic
local ok, err = process.unlisten(events.subscribe("s"):channel())
assert(ok == false and err:kind() == errors.NOT_FOUND)

-- one dies, others stay: independent subscriptions of one process
local a, b = events.subscribe("t"), events.subscribe("t")
assert(a:channel() ~= b:channel())
events.send("t", "k", "/1")
assert(a:channel():receive().path == "/1" and b:channel():receive().path == "/1")
a:close()
events.send("t", "k", "/2")
assert(b:channel():receive().path == "/2" and is_closed(a:channel()))

-- dropped by the program, kept by the runtime: the channel goes on
local kept = events.subscribe("kept"):channel()
for _ = 1, 20 do
  local garbage = {}
  for i = 1, 20000 do garbage[i] = {} end
end
events.send("kept", "k", "/")
assert(kept:receive().path == "/")

-- ten thousand subscriptions come and go; those that were closed with events in them too
for i = 1, 10000 do
  local s = events.subscribe("many" .. i % 10)
  if i % 100 == 0 then events.send("many" .. i % 10, "k", "/") end
  s:close()
end
assert(time.sleep("1ms") == nil)
