-- Sends guests into rooms, one after the other, and tells what the rooms remember.
local io, pg = require("io"), require("pg")

local function main()
  local groups, histories = assert(pg.open("chat:rooms")), process.listen("history")
  local presence = process.listen("presence")
  local function enter(room)
    process.with_options({}):with_name("room " .. room):spawn_monitored("chat:room", "chat:processes", room)
    assert(groups:join(room)) -- while this process is a member, the room stays open
  end
  enter("kitchen")
  enter("cellar")

  local guests = {
    { "Ada", "kitchen", { "is there tea?", "there is." } },
    { "Bob", "kitchen", { "and cake?" } },
    { "Cleo", "cellar", { "it is dark down here" } },
  }
  for _, guest in ipairs(guests) do assert(process.exec("chat:guest", "chat:processes", table.unpack(guest)) == nil) end

  for _, room in ipairs({ "kitchen", "cellar" }) do
    process.send("room " .. room, "history")
    local answer = histories:receive()
    io.print("in the " .. answer[1] .. ":")
    for _, line in ipairs(answer[2]) do io.print("  " .. line) end
  end

  -- Guests that have ended are members no more, without having said so.
  io.print("present:", #groups:get_members("kitchen"), #groups:get_members("cellar"))
  assert(groups:leave({ "kitchen", "cellar" }))
  for _ = 1, 2 do
    local event
    repeat event = process.events():receive() until event.kind == process.event.EXIT
  end
  io.print("both rooms have closed")
  process.unlisten(presence)
end

return { main = main }
