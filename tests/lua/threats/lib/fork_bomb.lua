-- Starts as many of its kind as it gets, says how it was refused, and waits; told to, it starts some more while it dies.
local function spawn_all(owner)
    while true do
        local pid, err = process.spawn("test:fork_bomb", "test:crowded", owner)
        if not pid then return err end
    end
end
return { main = function(owner)
    local last = process.listen("last")
    process.send(owner, "refused", spawn_all(owner))
    last:receive()
    coroutine.spawn(function() spawn_all(owner) end)
end }
