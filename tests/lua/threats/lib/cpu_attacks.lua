-- kind: library.lua
-- imports: arena=test:arena
-- What cpu_vm and cpu_library do: start an attacker, see that the canary ticks all the while, terminate it.
local arena = require("arena")

local function list(library)
    local pid = assert(process.spawn_monitored("test:cpu_bomb", "test:processes", library))
    return select(2, arena.exit_of(pid))
end

-- What Lua calls from where it cannot yield is ended by the watchdog; what hoards on the way, by its limit. The others wait for terminate.
local stuck = { handler = true, format_tostring = true, sort_lt = true }
local hoards = { sort_huge = true, rep = true }
local function check(way, err)
    assert(err and err:kind() == errors.INTERNAL, way)
    local text = err:message()
    local own = stuck[way] and "^stuck in a call that cannot be suspended in test:cpu_bomb at test:cpu_bomb:%d+$" or
        hoards[way] and "^out of memory %(limit 64 MB%) in test:cpu_bomb at test:cpu_bomb:%d+$" or "^process terminated$"
    assert(text == "process terminated" or text:find(own), way .. ": " .. text)
end

return function(library, show)
    local ways = list(library)
    arena.open()
    -- one after the other
    for _, way in ipairs(ways) do
        local pid = arena.attack(2, "test:cpu_bomb", "test:processes", library, way)
        process.terminate(pid)
        check(way, (arena.exit_of(pid)))
    end
    -- and all at the same time
    local left = {}
    for _, way in ipairs(ways) do left[assert(process.spawn_monitored("test:cpu_bomb", "test:processes", library, way))] = way end
    arena.wait_ticks(10)
    for pid in pairs(left) do process.terminate(pid) end
    while next(left) do
        local event = process.events():receive()
        check(left[event.from], event.result.error)
        left[event.from] = nil
    end
    arena.close(show)
    return #ways
end
