-- modules: time
-- Every 10 ms a round trip to a third process, told to `owner` with the largest gap so far.
return { main = function(owner)
    local pong = process.listen("pong")
    local echo = assert(process.spawn_linked("test:echo", "test:processes", process.pid()))
    local count, gap, last = 0, 0, time.now()
    while true do
        time.sleep("10ms")
        process.send(echo, "ping", count)
        assert(pong:receive() == count)
        local now = time.now()
        count, gap, last = count + 1, math.max(gap, now:sub(last):nanoseconds()), now
        process.send(owner, "tick", { count = count, gap = gap })
    end
end }
