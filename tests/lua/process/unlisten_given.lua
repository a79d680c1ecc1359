-- A message that its receiver has been given stays what its listener wants, though the topic is unlistened before the receiver runs.
local function main()
    local me = process.pid()
    for _, as_message in ipairs { false, true } do
        for _, selects in ipairs { false, true } do
            local topic = process.listen("given", { message = as_message })
            local got
            coroutine.spawn(function()
                if selects then
                    got = channel.select { topic:case_receive() }.value
                else
                    got = topic:receive()
                end
            end)
            process.send(me, "given", 7)
            process.unlisten(topic)
            coroutine.yield()
            if as_message then
                assert(got:payload():data() == 7)
            else
                assert(got == 7, tostring(got))
            end
        end
    end
end
return { main = main }
