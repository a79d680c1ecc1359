-- T28: 20,000 forged PIDs reach nobody and crash nothing; a stale PID does not reach the slot's next user.
local function main()
    local events = process.events()
    local stale = {}
    for i = 1, 2000 do
        stale[i] = assert(process.spawn_monitored("test:child", "test:processes", "nothing"))
        events:receive()
    end
    local target = assert(process.spawn("test:child", "test:processes", "events", process.pid()))
    for _, pid in ipairs(stale) do
        if pid ~= target then
            local ok, err = process.send(pid, "x")
            assert(ok == nil and err:kind() == errors.NOT_FOUND)
            assert(process.cancel(pid, "stale") == nil)
            assert(process.monitor(pid) == nil)
            assert(process.link(pid) == nil)
        end
    end
    local ch = process.listen("event")
    math.randomseed(7)
    for _ = 1, 20000 do
        local text = ("{test:processes|0x%x}"):format(math.random(0, 1 << 62))
        if text ~= target then
            process.send(text, "event", "forged")
            process.cancel(text, "forged")
        end
    end
    assert(process.cancel(target, "end"))
    local e = ch:receive()
    assert(e.reason == "end", "the live process saw a forged message: " .. tostring(e.reason))
end
return { main = main }
