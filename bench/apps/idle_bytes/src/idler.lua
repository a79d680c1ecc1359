-- Waits for messages; answers "hello" to show that it lives.
local function main()
  local inbox = process.inbox()
  while true do
    local message = inbox:receive()
    process.send(message:from(), "alive", message:payload():data())
  end
end

return { main = main }
