-- Sends its PID to `count` random peers; answers every PID that it gets with true. false: all is done, so it tells how many messages it got.
local function main(parent, index, count)
  local inbox, send, me = process.listen("big"), process.send, process.pid()
  local peers, chance = process.listen("peers"):receive(), index
  for _ = 1, count do
    chance = (chance * 1103515245 + 12345) & 0x7fffffff
    assert(send(peers[(chance >> 8) % #peers + 1], "big", me))
  end
  local answers, answered = 0, 0
  while true do
    local got = inbox:receive()
    if got == true then
      answers = answers + 1
      if answers == count then send(parent, "done", 0) end
    elseif got then
      answered = answered + 1
      send(got, "big", true)
    else
      send(parent, "done", answers + answered)
      return
    end
  end
end

return { main = main }
