-- modules: events, time
-- What a subscriber gets, in which order, and what a table of an event looks like.

local sub, err = events.subscribe("orders")
assert(sub and err == nil)
assert(type(sub) == "userdata" and tostring(sub) == "events.Subscription{}")
local ch = sub:channel()
assert(ch == sub:channel() and type(ch) == "userdata")
assert(tostring(ch) == "channel{cap=64, len=0}")
assert(type(sub.channel) == "function" and type(sub.close) == "function" and sub.unknown == nil)

-- own events are delivered too
local ok, serr = events.send("orders", "order.created", "/orders/1", { total = 99.5, items = { 1, 2, 3 } })
assert(ok == true and serr == nil)
local e, more = ch:receive()
assert(more == true and type(e) == "table")
assert(e.system == "orders" and e.kind == "order.created" and e.path == "/orders/1")
assert(e.data.total == 99.5 and #e.data.items == 3 and e.data.items[3] == 3)

-- without data there is no field
assert(events.send("orders", "ping", "/") == true)
e = ch:receive()
assert(e.kind == "ping" and e.data == nil)
for key in pairs(e) do assert(key == "system" or key == "kind" or key == "path", key) end
assert(events.send("orders", "ping", "/", nil) == true)
assert(ch:receive().data == nil)

-- data of every plain kind
for _, value in ipairs{ "text", "\0binary\255", 7, -1.5, math.maxinteger, true, false, "" } do
  events.send("orders", "value", "/", value)
  e = ch:receive()
  assert(e.data == value and math.type(e.data) == math.type(value))
end

-- other systems are not seen; nothing waits
events.send("orders2", "x", "/")
events.send("order", "x", "/")
events.send("ORDERS", "x", "/")
events.send("orders", "last", "/")
assert(ch:receive().kind == "last")
assert(channel.select({ ch:case_receive() }, true).default)

-- order
for i = 1, 1000 do events.send("orders", "n", "/", i) end
for i = 1, 1000 do assert(ch:receive().data == i) end

-- select
events.send("orders", "selected", "/")
local r = channel.select{ ch:case_receive(), time.after("10s"):case_receive() }
assert(r.channel == ch and r.ok and r.value.kind == "selected")

-- a receiver that waits already
local done = channel.new()
coroutine.spawn(function() done:send(ch:receive().path) end)
events.send("orders", "x", "/waited")
assert(done:receive() == "/waited")
