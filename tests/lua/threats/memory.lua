-- yaml: meta: {command: {name: attack}}
-- imports: arena=test:arena
-- modules: io, time, system
-- T4: forty ways to use up memory. The process dies by its limit, saying where; its neighbours go on; all memory comes back.
local function all(ways)
    for _, way in ipairs(ways) do
        local err = arena.exit_of(arena.attack(0, "test:memory_bomb", "test:small", way))
        assert(err, way .. " ended well")
        assert(err:kind() == errors.INTERNAL, way)
        local place = err:message():match("^out of memory %(limit 8 MB%) in test:memory_bomb at test:memory_bomb:(%d+)$")
        assert(place, way .. ": " .. err:message())
    end
end

local function main(show)
    arena.open()
    local ways = select(2, arena.exit_of(assert(process.spawn_monitored("test:memory_bomb", "test:processes", "names"))))
    assert(#ways >= 40)
    all(ways)
    arena.wait_ticks(5)
    local before = arena.memory()
    all(ways)
    arena.memory_returns(before + 3 * (1 << 20)) -- the workers' caches of free memory count as used and hold now these, now those sizes
    -- the usual limit
    local err = arena.exit_of(arena.attack(0, "test:memory_bomb", "test:processes", "doubling"))
    assert(err:message():find("limit 64 MB", 1, true), err:message())
    arena.close(show)
end
return { main = main }
