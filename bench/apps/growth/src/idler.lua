-- Has a timer that will not fire, and answers "hello".
local time = require("time")

local function main()
  local inbox, never = process.inbox(), time.after("24h")
  while true do
    local message = inbox:receive()
    process.send(message:from(), "alive", message:payload():data())
  end
  return never
end

return { main = main }
