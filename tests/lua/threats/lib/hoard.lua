-- modules: time
-- Takes memory that lies outside its own heap, as much as it can, then says what it got, and ends when told.
local time = require("time")
local ways = {}
function ways.names()
    local count, long = 0, ("n"):rep(60000)
    for i = 1, 5000 do
        if not process.registry.register(long .. i) then break end
        count = count + 1
    end
    return count
end
function ways.topics()
    local count, long = 0, ("t"):rep(60000)
    for i = 1, 5000 do
        if not process.listen(long .. i) then break end
        count = count + 1
    end
    return count
end
function ways.messages()
    local count, text = 0, ("m"):rep(60000)
    for i = 1, 5000 do
        if not process.send(process.pid(), "x" .. i, text) then break end
        count = count + 1
    end
    return count
end
function ways.topics_of_messages()
    local count, long = 0, ("t"):rep(60000)
    for i = 1, 5000 do
        if not process.send(process.pid(), long .. i) then break end
        count = count + 1
    end
    return count
end
function ways.timers()
    for _ = 1, 200000 do time.after("1h") end
    return 200000
end
function ways.short_names()
    local count = 0
    for i = 1, 20000 do
        local ok, err = process.registry.register("short" .. i)
        assert(ok or err:kind() == errors.RATE_LIMITED)
        if not ok then break end
        count = count + 1
    end
    -- giving some back makes room again, in any order
    if count == 10000 then
        for i = 1, 100 do assert(process.registry.unregister("short" .. i * 7)) end
        for i = 1, 100 do assert(process.registry.register("again" .. i)) end
        assert(not process.registry.register("again101"))
    end
    return count
end
function ways.children()
    process.set_options({ trap_links = true })
    for _ = 1, 500 do assert(process.spawn_linked_monitored("test:echo", "test:processes", process.pid())) end
    return 500
end

return { main = function(way, to)
    local go = process.listen("go")
    process.send(to, "holds", ways[way]())
    go:receive()
end }
