-- Goes to the place again and again; after a meeting it has the colour that both make together (0, 1 and 2: the third one).
local function main(parent, broker, colour)
  local met, me, send = process.listen("met"), process.pid(), process.send
  local meetings, with_itself = 0, 0
  while true do
    send(broker, "visit", me, colour)
    local other = met:receive()
    if not other then break end
    meetings = meetings + 1
    if other[1] == me then with_itself = with_itself + 1 end
    if other[2] ~= colour then colour = 3 - colour - other[2] end
  end
  send(parent, "done", meetings, with_itself)
end

return { main = main }
