-- modules: events
-- Several processes: one order for all, each sender's own order kept, and subscriptions end with their process.

local subscribed, got = process.listen("subscribed"), process.listen("got")
local exits = process.events()
local SUBSCRIBERS, PUBLISHERS, EVENTS = 5, 4, 300
for i = 1, SUBSCRIBERS do
  local system = i == 1 and "*" or i == 2 and "bus*" or "bus"
  assert(process.spawn_monitored("test:subscriber", "test:processes", process.pid(), i, system, PUBLISHERS * EVENTS))
end
for _ = 1, SUBSCRIBERS do subscribed:receive() end
-- from here on everybody sees everything: a subscription is active when subscribe returns
for i = 1, PUBLISHERS do
  assert(process.spawn("test:publisher", "test:processes", "bus", "p" .. i, EVENTS))
end
local order
for _ = 1, SUBSCRIBERS do
  local answer = got:receive()
  local name, paths = answer[1], answer[2]
  assert(#paths == PUBLISHERS * EVENTS)
  local text = table.concat(paths, ",")
  order = order or text
  assert(order == text, "subscriber " .. name .. " saw another order")
  local last = {}
  for _, path in ipairs(paths) do
    local who, n = path:match("^(.-):(%d+)$")
    n = math.tointeger(n)
    assert(n == (last[who] or 0) + 1, path)
    last[who] = n
  end
end
for _ = 1, SUBSCRIBERS do
  local e = exits:receive()
  assert(e.kind == process.event.EXIT and e.result.error == nil, tostring(e.result.error))
end

-- subscribers that were terminated are gone; events pass them by
local pids = {}
for i = 1, 20 do
  pids[i] = assert(process.spawn_monitored("test:subscriber", "test:processes", process.pid(), i, "gone", 1000))
  subscribed:receive()
end
for _, pid in ipairs(pids) do process.terminate(pid) end
local mine = events.subscribe("gone"):channel()
for i = 1, 100 do events.send("gone", "k", "/" .. i) end
for i = 1, 100 do assert(mine:receive().path == "/" .. i) end
for _ = 1, 20 do assert(exits:receive().result.error) end

-- one that ends with a subscription it never read from
local silent = assert(process.spawn_monitored("test:subscriber", "test:processes", process.pid(), 1, "gone", 0))
subscribed:receive()
got:receive()
assert(exits:receive().from == silent)
events.send("gone", "k", "/last")
assert(mine:receive().path == "/last")
