-- Events and cancel: spec 6.5, 6.6.
local function main()
    assert(process.event.CANCEL == "pid.cancel" and process.event.EXIT == "pid.exit")
    assert(process.event.LINK_DOWN == "pid.link.down" and process.event.OUTDATED == "pid.outdated")
    local me = process.pid()
    local events = process.events()
    assert(process.events() == events)

    -- cancel: advice with a reason
    local report = process.listen("event")
    local child = assert(process.spawn_monitored("test:child", "test:processes", "events", me))
    assert(process.cancel(child) == true)
    local e = report:receive()
    assert(e.kind == "pid.cancel" and e.from == me and e.reason == "" and math.type(e.at) == "integer")
    assert(process.cancel(child, "10s") == true)
    assert(report:receive().reason == "10s")
    assert(not pcall(process.cancel, child, 5))
    assert(not pcall(process.cancel, child, {}))
    assert(process.cancel(child, "end"))
    assert(report:receive().reason == "end")

    -- EXIT: result always a table
    e = events:receive()
    assert(e.kind == "pid.exit" and e.from == child and e.result.value == "ended" and e.result.error == nil)
    assert(math.type(e.at) == "integer" and math.abs(e.at - os.time()) <= 2)
    local quiet = assert(process.spawn_monitored("test:child", "test:processes", "nothing"))
    e = events:receive()
    assert(e.from == quiet and type(e.result) == "table" and next(e.result) == nil, "no value, no error")
    local none, err = process.cancel(child)
    assert(none == nil and err:kind() == errors.INTERNAL and err:message() == "process not found")
    none, err = process.cancel("nobody")
    assert(none == nil and err:kind() == errors.NOT_FOUND)

    -- events wait until somebody asks
    child = assert(process.spawn("test:child", "test:processes", "nothing"))
    process.cancel(me, "to myself")
    assert(events:receive().reason == "to myself")
end
return { main = main }
