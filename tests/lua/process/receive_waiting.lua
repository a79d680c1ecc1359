-- What is given to receivers that wait already does not stay counted in the mailbox: all together it is more than its limit.
local me = process.pid()
local topic, got = process.listen("waiting"), channel.new()
coroutine.spawn(function()
    while true do
        local text, ok = topic:receive()
        if not ok then break end
        got:send(#text)
    end
end)
local text = ("x"):rep(100000)
for _ = 1, 1000 do
    assert(process.send(me, "waiting", text))
    assert(got:receive() == #text)
end
process.unlisten(topic)
