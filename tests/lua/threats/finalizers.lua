-- modules: io, time, system
-- imports: arena=test:arena
-- T7: __gc, __close and __mode: no code of a program runs on collection, at the end of a process or after it.
local function main()
    arena.open()
    local told = process.listen("told")
    for _, way in ipairs { "collect", "end", "error", "terminate", "memory", "loop", "late" } do
        local pid = assert(process.spawn_monitored("test:finalizer", way == "memory" and "test:small" or "test:processes", way, process.pid()))
        if way == "terminate" then
            arena.wait_ticks(1)
            process.terminate(pid)
        end
        local err, value = arena.exit_of(pid)
        assert(err == nil or way == "error" or way == "terminate" or way == "memory", way .. ": " .. tostring(err))
        assert(err or value == way)
        assert(channel.select({ told:case_receive() }, true).default, "a finalizer ran: " .. way)
    end
    arena.wait_ticks(2)
    assert(channel.select({ told:case_receive() }, true).default, "a finalizer ran late")
    arena.close()
end
return { main = main }
