-- A load that outlasts its slice: the spawner waits, other coroutines go on, errors come back.
local function main()
    local ticks = 0
    local over = false
    coroutine.spawn(function() while not over do ticks = ticks + 1 coroutine.yield() end end)
    local events = process.events()
    local pid = assert(process.spawn_monitored("test:slow_load", "test:processes", "loaded"))
    local e = events:receive()
    assert(e.kind == process.event.EXIT and e.from == pid and e.result.value == "loaded")
    local none, err = process.spawn_monitored("test:slow_broken", "test:processes")
    assert(none == nil and err:message() == "broken at last", tostring(err))
    over = true
    local r = channel.select { events:case_receive(), default = true }
    assert(r.default, "a load error is no EXIT")
    pid = assert(process.spawn_monitored("test:function_chunk", "test:processes", "fn"))
    assert(events:receive().result.value == "fn")
end
return { main = main }
