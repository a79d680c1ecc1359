-- modules: time, system
-- flags: --workers 1
-- S18: twenty equal processes that compute on one worker get about the same share of turns.
local function main()
    local events, ready = process.events(), process.listen("ready")
    local pids, count = {}, 20
    for i = 1, count do
        pids[i] = assert(process.spawn_monitored("test:worker", "test:processes", "compute", process.pid()))
        ready:receive()
    end
    local steps = {}
    local function remember()
        for _, info in ipairs(system.hosts.processes("test:processes")) do steps[info.pid] = info.steps end
    end
    -- until every one has had so many turns since `remember`: progress, not time. The least and the most.
    local function wait_turns(count_of_turns)
        local low, high
        remember()
        repeat
            time.sleep("20ms")
            low, high = math.huge, 0
            for _, info in ipairs(system.hosts.processes("test:processes")) do
                local turns = info.steps - steps[info.pid]
                low, high = math.min(low, turns), math.max(high, turns)
            end
        until low >= count_of_turns
        return low, high
    end
    for _, pid in ipairs(pids) do process.send(pid, "start") end
    wait_turns(2) -- all are at work
    local low, high = wait_turns(8)
    assert(high <= low * 4 + 8, low .. " to " .. high .. " turns")
    for _, pid in ipairs(pids) do process.send(pid, "stop") end
    for _ = 1, count do
        local event = events:receive()
        assert(event.kind == process.event.EXIT and event.result.value > 0, tostring(event.result.error))
    end
end
return { main = main }
