-- T12: a sleeping process is flooded: senders get RATE_LIMITED, it lives, and its EXIT is still delivered.
local function main()
    local events = process.events()
    local pid = assert(process.spawn_monitored("test:child", "test:processes", "sleep", "1h"))
    local text, refused = ("x"):rep(100000), nil
    for _ = 1, 2000 do
        local ok, err = process.send(pid, "flood", text)
        if not ok then refused = err break end
    end
    assert(refused and refused:kind() == errors.RATE_LIMITED, tostring(refused))
    assert(process.terminate(pid))
    local e = events:receive()
    assert(e.from == pid and e.result.error:message() == "process terminated")
end
return { main = main }
