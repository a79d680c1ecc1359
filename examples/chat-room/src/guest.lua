-- A guest enters a room, says its lines, each after the room has repeated the one before, and leaves by ending.
local pg = require("pg")

local function main(name: string, room: string, lines: {string})
  local groups = assert(pg.open("chat:rooms"))
  local said = process.listen("said")
  -- The room exists already, or is started now: never twice, however many enter at the same time.
  local keeper = assert(process.with_options({}):with_name("room " .. room):spawn("chat:room", "chat:processes", room))
  assert(groups:join(room))
  for _, line in ipairs(lines) do
    local mine = name .. ": " .. line
    assert(process.send(keeper, "say", mine))
    repeat local heard = said:receive() until heard[2] == mine
  end
end

return { main = main }
