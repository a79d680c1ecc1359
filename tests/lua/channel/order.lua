-- Hand-over and wake order of spec 4.1.
local function log_to(list)
    return function(text) list[#list + 1] = text end
end
local function expect(list, text)
    local got = table.concat(list, " ")
    assert(got == text, "got: " .. got .. "\nwant: " .. text)
end
local function main()
    -- send with a waiting receiver: sender goes on first, then the receiver
    local seen = {}
    local log = log_to(seen)
    local ch = channel.new()
    coroutine.spawn(function() log("r" .. ch:receive()) end)
    ch:send(1)
    log("sent")
    coroutine.yield()
    expect(seen, "sent r1")

    -- receive with a blocked sender: receiver first
    seen = {}
    log = log_to(seen)
    coroutine.spawn(function() ch:send(2) log("sent") end)
    log("r" .. ch:receive())
    coroutine.yield()
    expect(seen, "r2 sent")

    -- a blocked sender's value enters the buffer when there is room, and it goes on after the receiver: FIFO is kept
    seen = {}
    log = log_to(seen)
    local one = channel.new(1)
    one:send("a")
    coroutine.spawn(function() one:send("b") log("b in") end)
    coroutine.spawn(function() one:send("c") log("c in") end)
    log(one:receive())
    log(one:receive())
    log(one:receive())
    coroutine.yield()
    expect(seen, "a b in b c c in")

    -- receivers are served in the order they came
    seen = {}
    log = log_to(seen)
    for i = 1, 3 do
        coroutine.spawn(function() log(i .. "=" .. tostring((ch:receive()))) end)
    end
    for _, v in ipairs { "x", "y", "z" } do ch:send(v) end
    coroutine.yield()
    expect(seen, "1=x 2=y 3=z")

    -- close: every blocked receiver gets nil, false in order, the closer goes on last
    seen = {}
    log = log_to(seen)
    local closing = channel.new()
    for i = 1, 3 do
        coroutine.spawn(function()
            local v, ok = closing:receive()
            assert(v == nil and ok == false)
            log(i)
        end)
    end
    closing:close()
    log("closed")
    expect(seen, "1 2 3 closed")

    -- close with blocked senders: send returns nil, err; the values are lost
    local full = channel.new()
    local outcome
    coroutine.spawn(function() outcome = table.pack(full:send("lost")) end)
    full:close()
    assert(outcome.n == 2 and outcome[1] == nil and tostring(outcome[2]) == "send on closed channel")
    local v, ok = full:receive()
    assert(v == nil and ok == false)
end
return { main = main }
