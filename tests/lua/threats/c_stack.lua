-- timeout: 40
-- modules: io, time, system
-- imports: arena=test:arena
-- T8: recursion through C, in every shape: an error that can be caught and after which the process goes on, or, where it takes
-- all memory, the end of that process; never the end of the host.
local hoards = { spawned = true }
local heavy = { plain = true } -- its collection may take the allowed time in one step where a sanitizer looks at each block
local function main()
    arena.open()
    local names = select(2, arena.exit_of(assert(process.spawn_monitored("test:deep", "test:roomy"))))
    assert(#names >= 40)
    for _, name in ipairs(names) do
        local host = hoards[name] and "test:small" or "test:roomy"
        local err, value = arena.exit_of(assert(process.spawn_monitored("test:deep", host, name)))
        if hoards[name] then
            assert(err:message():find("^out of memory %(limit 8 MB%) in test:deep at test:deep:%d+$"), err:message())
        else
            local stuck = err and err:message():find("^stuck in a call that cannot be suspended in test:deep at")
            assert(value == "survived" or (heavy[name] and stuck), name .. ": " .. tostring(err))
        end
    end
    arena.close()
end
return { main = main }
