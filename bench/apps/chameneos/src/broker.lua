-- The place: two that come here meet. After the last meeting all are told that it is closed.
local function main(creatures, meetings)
  local visitors, send = process.listen("visit"), process.send
  for _ = 1, meetings do
    local first, second = visitors:receive(), visitors:receive()
    send(first[1], "met", second[1], second[2])
    send(second[1], "met", first[1], first[2])
  end
  for _ = 1, creatures do send(visitors:receive()[1], "met", false) end
end

return { main = main }
