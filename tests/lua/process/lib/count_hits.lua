-- Counts what it is sent, all of which must be its own number, and tells how many came when it gets 0.
local function main(parent, number)
  local hits, count = process.listen("hit"), 0
  while true do
    local hit = hits:receive()
    if hit == 0 then break end
    assert(hit == number, "a message for another")
    count = count + 1
  end
  process.send(parent, "got", count)
end

return { main = main }
