-- Sends numbered messages to its neighbours and checks that those it gets from each are numbered without a gap.
-- Control messages: "peers" (a list of PIDs), "stop" (send no more), "drain" (tell the totals, end).
local time = require("time")

local function main(parent)
  local inbox, beat = process.inbox(), time.ticker("50ms")
  local beats = beat:channel()
  local cases = { inbox:case_receive(), beats:case_receive() }
  local peers, sent, sent_total = {}, {}, 0
  local received, received_total = {}, 0

  local function send_to(peer)
    sent[peer] = (sent[peer] or 0) + 1
    assert(process.send(peer, "number", sent[peer]))
    sent_total = sent_total + 1
  end

  local handlers = {
    peers = function(list) peers = list end,
    stop = function()
      beat:stop()
      cases = { cases[1] }
      process.send(parent, "stopped", 1)
    end,
    drain = function()
      process.send(parent, "totals", sent_total, received_total)
      return true
    end,
  }

  local next_peer = 0
  while true do
    local got = channel.select(cases)
    if got.channel == inbox then
      local message = got.value
      local topic, data = message:topic(), message:payload()
      data = data and data:data()
      if topic == "number" then
        local from = message:from()
        local last = received[from] or 0
        if data ~= last + 1 then error(string.format("message %d after %d from %s", data, last, from)) end
        received[from] = data
        received_total = received_total + 1
      elseif handlers[topic](data) then
        return
      end
    elseif #peers > 0 then
      next_peer = next_peer % #peers + 1
      send_to(peers[next_peer])
    end
  end
end

return { main = main }
