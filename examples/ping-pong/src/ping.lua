-- Serves `rounds` balls, each after the last one came back, and then tells whoever asks for the score.
local time = require("time")

-- The other player may not have been started yet.
local function find(name: string): string
  local pid = process.registry.lookup(name)
  while not pid do
    time.sleep("5ms")
    pid = process.registry.lookup(name)
  end
  return pid
end

local function play(rounds: integer)
  local pong = find("pong")
  local balls = process.listen("ball")
  for round = 1, rounds do
    assert(process.send(pong, "ball", round))
    local back = balls:receive()
    assert(back == round, "wrong ball")
  end
  process.unlisten(balls)
end

local function main(rounds: integer)
  play(rounds)
  print("game over after " .. rounds .. " rounds")
  assert(process.registry.register("ping")) -- from now on there is a score to ask for

  local events, questions = process.events(), process.inbox()
  local cases = { events:case_receive(), questions:case_receive() }
  while true do
    local got = channel.select(cases)
    if got.channel == events then return end -- asked to stop
    process.send(got.value:from(), "score", rounds)
  end
end

return { main = main }
