-- Learns its partner, then answers every value with itself, until it is 0.
local function main()
  local pings, send = process.listen("ping"), process.send
  local partner = process.listen("partner"):receive()
  while true do
    local value = pings:receive()
    if value == 0 then return end
    send(partner, "pong", value)
  end
end

return { main = main }
