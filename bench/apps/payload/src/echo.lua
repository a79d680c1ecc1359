-- Sends back what it gets.
local function main(partner)
  local values = process.listen("value")
  while true do
    local value = values:receive()
    process.send(partner, "answer", value)
  end
end

return { main = main }
