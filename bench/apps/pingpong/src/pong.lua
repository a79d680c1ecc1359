-- Answers every message with what it held, until it is nothing.
local function main()
  local inbox = process.inbox()
  while true do
    local message = inbox:receive()
    local value = message:payload():data()
    if value == 0 then return end
    process.send(message:from(), "pong", value)
  end
end

return { main = main }
