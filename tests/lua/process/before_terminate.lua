-- S2: what is sent before a terminate may be handled, what is sent after it never is.
local function main()
    local me = process.pid()
    local pong, events = process.listen("pong"), process.events()
    for _ = 1, 50 do
        local pid = assert(process.spawn_monitored("test:child", "test:processes", "echo", me))
        for i = 1, 3 do process.send(pid, "ping", "may") end
        assert(process.terminate(pid))
        for i = 1, 3 do process.send(pid, "ping", "must not") end
        assert(events:receive().from == pid)
        while true do
            local r = channel.select { pong:case_receive(), default = true }
            if r.default then break end
            assert(r.value == "may")
        end
    end
end
return { main = main }
