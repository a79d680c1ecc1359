-- kind: library.lua
-- modules: io, time, system
-- What the attacks have in common: a canary beside them, a clean end of the attacker, and memory that comes back.
local time, system = require("time"), require("system")
local arena = { ticks = 0, gap = 0 }
local ticks_channel, canary

local function wait_ticks(count)
    for _ = 1, count do
        local tick = ticks_channel:receive()
        arena.ticks, arena.gap = tick.count, math.max(arena.gap, tick.gap)
    end
end
arena.wait_ticks = wait_ticks

-- A tick is a round trip of the canary to a third process, 10 ms after the last; they arrive here in order.
function arena.open()
    ticks_channel = process.listen("tick")
    canary = assert(process.spawn_linked("test:canary", "test:processes", process.pid()))
    wait_ticks(2)
end

-- The canary still lives. Its largest gap is shown to who runs the project of a test by hand: moonlet run attack gap
function arena.close(show)
    while channel.select({ ticks_channel:case_receive() }, true).value do end
    wait_ticks(3)
    process.unlink(canary)
    process.terminate(canary)
    if show == "gap" then require("io").print(("%d ticks, largest gap %.1f ms"):format(arena.ticks, arena.gap / 1e6)) end
end

-- Waits for the EXIT of `pid`; other events are a defect.
function arena.exit_of(pid)
    local event = process.events():receive()
    assert(event.kind == process.event.EXIT and event.from == pid, event.kind)
    return event.result.error, event.result.value
end

-- Starts an attacker and lets it work while the canary makes `ticks` ticks. True if it is still alive then.
function arena.attack(ticks, entry, host, ...)
    while channel.select({ ticks_channel:case_receive() }, true).value do end
    local pid, err = process.spawn_monitored(entry, host, ...)
    assert(pid, tostring(err))
    wait_ticks(ticks)
    return pid
end

-- The bytes of all Lua heaps; the second waits, at most some seconds, until they are back at `base`: 5 % and 1 MB more.
function arena.memory() return system.memory.stats().alloc end
function arena.memory_returns(base)
    local limit, now = base + base // 20 + (1 << 20), nil
    for _ = 1, 500 do
        system.gc.collect()
        now = arena.memory()
        if now <= limit then return end
        time.sleep("10ms")
    end
    error(("memory: %d before, %d after"):format(base, now), 2)
end

return arena
