-- Who can be meant by cancel, terminate, monitor, unmonitor, link, unlink: spec 6.6; strings only: spec 0.
local HOST = "test:processes"
local events = process.events()
local none, err

local function refused(kind, text, f, ...)
    none, err = f(...)
    assert(none == nil and errors.is(err, kind) and err:message():find(text, 1, true), tostring(err))
    return err
end

-- gone, never there, or of a host that does not exist: all the same
local dead = assert(process.spawn_monitored("test:child", HOST, "nothing"))
events:receive()
for _, pid in ipairs { dead, "{test:processes|0x1}", "{test:nowhere|0x1}", "{test:processes|gone}", "{test:nowhere|gone}" } do
    refused(errors.INTERNAL, "process not found", process.cancel, pid)
    refused(errors.INTERNAL, "process not found", process.terminate, pid)
    refused(errors.INTERNAL, "pid not registered", process.monitor, pid)
    assert(refused(errors.INTERNAL, "pid not registered", process.link, pid):details().role)
    assert(process.unmonitor(pid) == true and process.unlink(pid) == true)
end
refused(errors.NOT_FOUND, "host not found", process.send, "{test:nowhere|0x1}", "t")

-- names: resolved as in send
local child = assert(process.spawn("test:child", HOST, "wait"))
assert(process.registry.register("target", child))
assert(process.monitor("target") and process.unmonitor("target") and process.link("target") and process.unlink("target"))
assert(process.monitor("target") == true)
refused(errors.INTERNAL, "already monitoring pid", process.monitor, child)
assert(process.cancel("target", "by name"))
assert(events:receive().from == child)
for _, name in ipairs { "cancel", "terminate", "monitor", "unmonitor", "link", "unlink" } do
    refused(errors.NOT_FOUND, "could not resolve 'target' as PID or registered name", process[name], "target")
    for _, bad in ipairs { 1, true, {}, print } do assert(not pcall(process[name], bad), name) end
    assert(not pcall(process[name]), name)
end

-- a number is no name, no topic and no PID
assert(not pcall(process.listen, 5) and not pcall(subscribe, 5, channel.new()))
local r = process.registry
assert(not pcall(r.register, 5) and not pcall(r.lookup, 5) and not pcall(r.unregister, 5) and not pcall(r.register, "n", 5))

-- oneself
local me = process.pid()
assert(process.link(me) == true and process.unlink(me) == true)
assert(process.monitor(me) == true and process.unmonitor(me) == true)
assert(process.cancel(me, "to myself"))
assert(events:receive().reason == "to myself")
