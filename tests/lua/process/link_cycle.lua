-- S8: a ring of 300 linked processes; killing one kills all, each exactly once.
local function main()
    local me, count = process.pid(), 300
    local events, linked = process.events(), process.listen("linked")
    local pids = { assert(process.spawn_monitored("test:child", "test:processes", "die_on_message")) }
    for i = 2, count do
        pids[i] = assert(process.spawn_monitored("test:ring", "test:processes", pids[i - 1], i == count and pids[1] or nil, me))
    end
    for _ = 2, count do linked:receive() end
    process.send(pids[1], "die", "start")
    local seen = {}
    for _ = 1, count do
        local e = events:receive()
        assert(not seen[e.from], "twice")
        seen[e.from] = true
    end
    for i = 1, count do assert(seen[pids[i]]) end
end
return { main = main }
