-- S1: per sender and receiver FIFO, across topics as well; senders on other workers.
local function main()
    local me = process.pid()
    local inbox = process.inbox()
    local senders, each = 8, 500
    local last = {}
    for _ = 1, senders do
        last[assert(process.spawn("test:child", "test:processes", "burst", me, each))] = 0
    end
    for _ = 1, senders * each do
        local m = inbox:receive()
        local from, n = m:from(), m:payload():data()
        assert(n == last[from] + 1, "out of order")
        assert(m:topic() == (n % 2 == 0 and "even" or "odd"))
        last[from] = n
    end
    for _, n in pairs(last) do assert(n == each) end
    assert(channel.select({ inbox:case_receive() }, true).default)
end
return { main = main }
