-- One of a million: answers every number with the next one.
local function main(keeper)
  local numbers = process.listen("number")
  while true do
    local number = numbers:receive()
    process.send(keeper, "answer", number + 1)
  end
end

return { main = main }
