-- modules: time
-- The thread of the entry point belongs to the scheduler: no coroutine can resume it, whatever it waits for.
local function main()
    local entry = coroutine.running()
    local function refused()
        assert(coroutine.status(entry) == "normal", coroutine.status(entry))
        local ok, message = coroutine.resume(entry, "junk")
        assert(ok == false and message == "cannot resume non-suspended coroutine", message)
    end

    local ch = channel.new()
    coroutine.spawn(refused) -- entry is in coroutine.spawn
    coroutine.spawn(function()
        coroutine.yield()
        refused() -- entry is in receive
        coroutine.wrap(refused)()
        ch:send("real")
    end)
    assert(ch:receive() == "real")

    coroutine.spawn(function()
        coroutine.yield()
        refused() -- entry is in sleep
    end)
    time.sleep("5ms")
    coroutine.wrap(refused)() -- entry resumes whoever asks

    local done
    coroutine.spawn(function()
        for _ = 1, 100 do
            refused() -- entry is between two yields
            coroutine.yield()
        end
        done = true
    end)
    while not done do coroutine.yield() end
end
return { main = main }
