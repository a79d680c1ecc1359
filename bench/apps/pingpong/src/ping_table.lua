-- As ping, with a table of three fields instead of a number.
local function main(parent, partner, trips)
  local pongs, right, send = process.listen("pong"), 0, process.send
  send(partner, "partner", process.pid())
  for i = 1, trips do
    send(partner, "ping", { id = i, name = "ping", share = i * 0.5 })
    local answer = pongs:receive()
    if answer.id == i and answer.name == "ping" and answer.share == i * 0.5 then right = right + 1 end
  end
  send(partner, "ping", 0)
  send(parent, "done", right)
end

return { main = main }
