-- Makes `trips` round trips with its partner, then says how many answers were right.
local function main(parent, partner, trips)
  local pongs, right, send = process.listen("pong"), 0, process.send
  send(partner, "partner", process.pid())
  for i = 1, trips do
    send(partner, "ping", i)
    if pongs:receive() == i then right = right + 1 end
  end
  send(partner, "ping", 0)
  send(parent, "done", right)
end

return { main = main }
