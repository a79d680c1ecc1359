-- Waits; passes a token on to the next one.
local function main(parent)
  local tokens = process.listen("token")
  while true do
    local token = tokens:receive()
    local next_pid = table.remove(token.way)
    if next_pid then process.send(next_pid, "token", token) else process.send(parent, "back", token.id) end
  end
end

return { main = main }
