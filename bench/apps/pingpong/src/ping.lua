-- Makes `trips` round trips with its partner, then says how many answers were right.
local function main(parent, partner, trips)
  local inbox, right = process.inbox(), 0
  for i = 1, trips do
    process.send(partner, "ping", i)
    if inbox:receive():payload():data() == i then right = right + 1 end
  end
  process.send(partner, "ping", 0)
  process.send(parent, "done", right)
end

return { main = main }
