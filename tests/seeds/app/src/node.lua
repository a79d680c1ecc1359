-- A part of the mesh: sends numbered messages to its peers from one coroutine, receives in another, and checks the numbers of
-- every sender. Told "drain" it says what it sent and got.
local time = require("time")

local function send_all(parent, peers, count)
  local sent = 0
  for number = 1, count do
    for _, peer in ipairs(peers) do
      assert(process.send(peer, "number", number, string.rep("x", math.random(0, 300))))
      sent = sent + 1
    end
    local pause = math.random(4)
    if pause == 1 then
      time.sleep(math.random(2000) .. "us")
    elseif pause == 2 then
      coroutine.yield()
    end
  end
  assert(process.send(parent, "sent", sent))
end

local function main(parent, count)
  local peers = process.listen("peers"):receive() -- not by the inbox: numbers of those who know theirs may be there first
  local inbox = process.inbox()
  coroutine.spawn(function() send_all(parent, peers, count) end)
  local last, received, timeouts = {}, 0, 0
  local timeout = time.after("1ms")
  while true do
    local got = channel.select({ inbox:case_receive(), timeout:case_receive() })
    if got.channel == timeout then
      timeouts = timeouts + 1
      timeout = time.after("1ms")
    elseif got.value:topic() == "drain" then
      process.send(parent, "received", { received, timeouts })
      return
    else
      local from, number = got.value:from(), got.value:payload()[1]:data()
      if number ~= (last[from] or 0) + 1 then
        error(string.format("number %d after %d from %s", number, last[from] or 0, from))
      end
      last[from], received = number, received + 1
    end
  end
end

return { main = main }
