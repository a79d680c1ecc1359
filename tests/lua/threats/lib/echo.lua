return { main = function(to)
    local ping = process.listen("ping")
    while true do process.send(to, "pong", (ping:receive())) end
end }
