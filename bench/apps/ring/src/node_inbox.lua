-- As node, by way of the inbox: each message is an object that is asked for its payload. "next" arrives before any token.
local function main(parent, next_pid)
  local inbox = process.inbox()
  if not next_pid then next_pid = inbox:receive():payload():data() end
  while true do
    local left = inbox:receive():payload():data()
    if left < 0 then return end
    if left == 0 then process.send(parent, "done", process.pid()) else process.send(next_pid, "token", left - 1) end
  end
end

return { main = main }
