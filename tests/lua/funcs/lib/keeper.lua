-- kind: function.lua
-- modules: time, events, funcs, payload
-- Leaves behind everything that a call can leave, in chunk-level locals, and looks in the next call what has become of it.
local time, events, funcs = require("time"), require("events"), require("funcs")
local kept, ran

local function leave()
  ran = 0
  kept = {
    pid = process.pid(), plain = channel.new(), inbox = process.inbox(), events = process.events(),
    topic = process.listen("topic"), after = time.after("1h"), timer = time.timer("1h"), ticker = time.ticker("1h"),
    subscription = events.subscribe("nothing"), future = funcs.async("test:sleeper"),
    done = funcs.async("test:add", 1, 2), big = funcs.async("test:echo", ("x"):rep(100000)),
    thread = coroutine.create(function() coroutine.yield(1) end), value = payload.new({ 1 }),
  }
  assert(kept.done:channel():receive())
  kept.big_payload = kept.big:channel():receive()
  coroutine.resume(kept.thread)
  kept.several = channel.new(1)
  for i = 1, 5 do subscribe("several" .. i, kept.several) end
  process.registry.register("keeper")
  process.set_options({ trap_links = true })
  for _ = 1, 10 do
    coroutine.spawn(function() kept.plain:receive() ran = ran + 1 end)
    coroutine.spawn(function() kept.inbox:receive() ran = ran + 1 end)
    coroutine.spawn(function() time.sleep("1h") ran = ran + 1 end)
    coroutine.spawn(function() funcs.call("test:sleeper") ran = ran + 1 end)
    coroutine.spawn(function() coroutine.yield() ran = ran + 1 end)
    coroutine.spawn(function()
      channel.select{ kept.plain:case_receive(), kept.after:case_receive(), kept.topic:case_receive() }
      ran = ran + 1
    end)
  end
  process.send(process.pid(), "other", "never received")
  return "left"
end

local function look()
  assert(kept.pid ~= process.pid())
  assert(ran == 0)
  for _, name in ipairs{ "inbox", "events", "topic", "after", "several" } do
    local value, ok = kept[name]:receive()
    assert(value == nil and ok == false, name)
  end
  assert(select(2, kept.timer:channel():receive()) == false and kept.timer:stop() == false)
  assert(kept.timer:reset("1h") == false)
  assert(select(2, kept.ticker:channel():receive()) == false and kept.ticker:stop())
  assert(select(2, kept.subscription:channel():receive()) == false and kept.subscription:close())
  assert(kept.future:is_canceled() and not kept.future:is_complete())
  assert(select(2, kept.future:channel():receive()) == false)
  assert(select(2, kept.future:result()):kind() == errors.CANCELED and kept.future:cancel())
  -- what was here stays
  assert(kept.done:is_complete() and kept.done:result():data() == 3)
  assert(#kept.big_payload:data()[1] == 100000 and #kept.big:result():data()[1] == 100000)
  assert(kept.value:data()[1] == 1)
  assert(coroutine.resume(kept.thread) and coroutine.status(kept.thread) == "dead")
  -- nobody waits on the channel any more
  local result = channel.select{ kept.plain:case_send(1), default = true }
  assert(result.default)
  coroutine.spawn(function() kept.plain:send("value") end)
  assert(kept.plain:receive() == "value")
  -- the new identity is fresh
  assert(process.registry.lookup("keeper") == nil and process.get_options().trap_links == false)
  assert(process.inbox() ~= kept.inbox and process.listen("topic") ~= kept.topic)
  assert(channel.select{ process.inbox():case_receive(), default = true }.default)
  process.send(process.pid(), "topic", "mine")
  assert(process.listen("topic"):receive() == "mine")
  assert(time.after("1ms"):receive())
  return "all gone"
end

return function(what)
  if what == "leave" then return leave() end
  return look()
end
