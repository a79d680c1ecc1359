-- modules: time
-- A process that never looks at its events cannot be made to hold any number of cancels; the sender is told, and its EXIT still comes.
local time = require("time")
local function main()
    local events = process.events()
    local pid = assert(process.spawn_monitored("test:child", "test:processes", "sleep", "1h"))
    local none, err = process.cancel(pid, ("r"):rep(5000))
    assert(none == nil and err:kind() == errors.INVALID and err:message():find("reason", 1, true))
    local reason, refused = ("r"):rep(4096), nil
    for _ = 1, 60000 do
        local ok, e = process.cancel(pid, reason)
        if not ok then refused = e break end
    end
    assert(refused and refused:kind() == errors.RATE_LIMITED, tostring(refused))
    assert(process.terminate(pid))
    assert(events:receive().from == pid)

    -- a full mailbox of messages leaves room for a cancel
    local report = process.listen("event")
    pid = assert(process.spawn_monitored("test:child", "test:processes", "events", process.pid()))
    local text = ("x"):rep(100000)
    while process.send(pid, "flood", text) do end
    assert(process.cancel(pid, "end"))
    assert(report:receive().reason == "end")
    assert(events:receive().from == pid)
end
return { main = main }
