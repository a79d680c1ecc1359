local function main()
  local pings = process.listen("ping")
  while true do
    local from = pings:receive()
    process.send(from, "pong")
  end
end

return { main = main }
