-- Links to processes that end in all ways, and counts what it hears of them: one LINK_DOWN for a failure, none otherwise; one
-- EXIT for each that it monitors, before its LINK_DOWN.
local time = require("time")

local ENDINGS = { "value", "raise", "failure", "timeout", "coroutine", "link" }

local function main()
  local events, words = process.events(), process.listen("word")
  coroutine.spawn(function() while true do words:receive() end end)
  assert(process.set_options({ trap_links = true }))
  local waiting, fails, linked_only = 0, {}, {}
  for _ = 1, 5 do
    local ending = ENDINGS[math.random(#ENDINGS)]
    local fail, only = ending ~= "value" and ending ~= "timeout", math.random(2) == 1
    local spawn = only and process.spawn_linked or process.spawn_linked_monitored
    local pid = assert(spawn("seeds:victim", "seeds:processes", process.pid(), ending, 1))
    fails[pid], linked_only[pid] = fail, only
    waiting = waiting + (fail and 1 or 0) + (only and 0 or 1)
  end
  local seen = {}
  for _ = 1, waiting do
    local event = events:receive()
    local key = event.kind .. event.from
    assert(not seen[key], "told twice of one end")
    seen[key] = true
    assert(fails[event.from] == (event.result.error ~= nil), "the wrong result")
    if event.kind == process.event.EXIT then
      assert(not linked_only[event.from] and not seen[process.event.LINK_DOWN .. event.from], "EXIT after LINK_DOWN")
    else
      assert(event.kind == process.event.LINK_DOWN and fails[event.from], "no failure, but LINK_DOWN")
    end
  end
  time.sleep("10ms")
  assert(channel.select({ events:case_receive(), default = true }).default, "an event too many")
  return waiting
end

return { main = main }
