-- Passes a counter on to the next node, one less. Who sees zero tells the parent.
local function main(parent, next_pid)
  local tokens, send = process.listen("token"), process.send
  if not next_pid then next_pid = process.listen("next"):receive() end
  while true do
    local left = tokens:receive()
    if left < 0 then return end
    if left == 0 then send(parent, "done", process.pid()) else send(next_pid, "token", left - 1) end
  end
end

return { main = main }
