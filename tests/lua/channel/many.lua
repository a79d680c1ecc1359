-- A pipeline of coroutines moves 20,000 values through 50 channels without loss or reordering.
local function main()
    local first = channel.new(4)
    local input = first
    for _ = 1, 50 do
        local from, to = input, channel.new(1)
        coroutine.spawn(function()
            while true do
                local v, ok = from:receive()
                if not ok then to:close() return end
                to:send(v + 1)
            end
        end)
        input = to
    end
    coroutine.spawn(function()
        for i = 1, 400 do first:send(i) end
        first:close()
    end)
    local n = 0
    while true do
        local v, ok = input:receive()
        if not ok then break end
        n = n + 1
        assert(v == n + 50, v)
    end
    assert(n == 400)
end
return { main = main }
