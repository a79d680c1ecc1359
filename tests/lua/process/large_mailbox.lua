-- S25: with 200,000 messages waiting, receiving one topic and the inbox keep their order, and listening to one topic finds its own.
-- yaml: meta: {}
local function main()
    local me = process.pid()
    for i = 1, 200000 do
        local ok, err = process.send(me, "bulk", i)
        assert(ok, tostring(err))
        if i % 20000 == 0 then process.send(me, "rare", i) end
    end
    local rare = process.listen("rare")
    for i = 1, 10 do assert(rare:receive() == i * 20000) end
    local inbox = process.inbox()
    for i = 1, 1000 do assert(inbox:receive():payload():data() == i) end
    local bulk = process.listen("bulk")
    for i = 1001, 200000 do assert(bulk:receive() == i) end
    assert(channel.select({ bulk:case_receive(), inbox:case_receive() }, true).default)
end
return { main = main }
