-- modules: time, system
-- S25: behind 250,000 waiting messages 20,000 others are sent, received by their topics, and nothing is out of order. If a send or a receive
-- looked through the queue this would take hours.
local function main()
    local me, count = process.pid(), 300000
    local function waiting()
        for _, info in ipairs(system.hosts.processes("test:terminal")) do if info.pid == me then return info.messages end end
    end
    for i = 1, count do assert(process.send(me, i % 3 == 0 and "a" or "b", i)) end
    local a, b = process.listen("a"), process.listen("b")
    for i = 3, count // 2, 3 do assert(a:receive() == i) end
    for i = 1, 20000 do
        assert(process.send(me, "last" .. i % 10, i))
    end
    local last = {}
    for i = 0, 9 do last[i] = process.listen("last" .. i) end
    for i = 1, 20000 do assert(last[i % 10]:receive() == i) end
    assert(waiting() > 0)
    for i = 1, count do if i % 3 ~= 0 then assert(b:receive() == i) end end
    for i = 3, count, 3 do if i > count // 2 then assert(a:receive() == i) end end
    assert(channel.select({ a:case_receive(), b:case_receive() }, true).default)
end
return { main = main }
