-- Returns every ball to the player who sent it.
local function main()
  assert(process.registry.register("pong"))
  local events, inbox = process.events(), process.inbox()
  local cases = { inbox:case_receive(), events:case_receive() }
  while true do
    local got = channel.select(cases)
    if got.channel == events then return end -- asked to stop
    local message = got.value
    process.send(message:from(), message:topic(), message:payload():data())
  end
end

return { main = main }
