-- modules: io, time, system
-- imports: arena=test:arena
-- T14, T12 and what else a process can hoard outside its own heap: it is bounded, its neighbours go on, and all of it goes with the process.
local limit = 64 << 20
local bounds = {
    names = function(count) return count == 0 end, -- 60,000 bytes are no name
    short_names = function(count) return count == 10000 end,
    messages = function(count) return count > 500 and count * 60000 < limit * 2 end,
    topics_of_messages = function(count) return count > 500 and count * 60000 < limit * 2 end,
    timers = function(count) return count == 200000 end,
    children = function(count) return count == 500 end,
}
local deaths = { topics = true }

local function main()
    arena.open()
    local holds, events = process.listen("holds"), process.events()
    local function hoard(way)
        local pid = assert(process.spawn_monitored("test:hoard", way == "timers" and "test:roomy" or "test:processes", way, process.pid()))
        local r = channel.select { holds:case_receive(), events:case_receive() }
        if r.channel == events then
            local text = r.value.result.error:message()
            assert(deaths[way] and text:find("^out of memory %(limit 64 MB%) in test:hoard at test:hoard:%d+$"), way .. ": " .. text)
            return
        end
        assert(bounds[way] and bounds[way](r.value), way .. ": " .. tostring(r.value))
        arena.wait_ticks(1)
        process.terminate(pid)
        arena.exit_of(pid)
    end
    for _, way in ipairs { "names", "short_names", "topics", "messages", "topics_of_messages", "timers", "children" } do hoard(way) end
    local base = arena.memory()
    hoard("timers")
    hoard("messages")
    arena.memory_returns(base + 3 * (1 << 20))
    assert(process.registry.register("short1"), "a dead process keeps its names")
    arena.close()
end
return { main = main }
