-- A room is a process with a name. It keeps what was said and gives it on to all members of its group; who joins or leaves, by whatever
-- end, is seen through the group's events. A room in which nobody is left closes.
local pg, time = require("pg"), require("time")

local function main(name: string): integer
  local groups = assert(pg.open("chat:rooms"))
  local presence, members = groups:monitor(name)
  local said, history, count = process.listen("say", { message = true }), {}, #members
  local asked = process.listen("history", { message = true })

  local cases = { presence:channel():case_receive(), said:case_receive(), asked:case_receive(), process.events():case_receive() }
  while true do
    local got = channel.select(cases)
    if got.channel == presence:channel() then
      local change = #got.value.data.PIDs
      count = count + (got.value.kind == "member.joined" and change or -change)
      groups:broadcast(name, "presence", name, count)
      if count == 0 then return #history end
    elseif got.channel == said then
      local line = got.value:payload():data()
      history[#history + 1] = line
      groups:broadcast(name, "said", name, line)
    elseif got.channel == asked then
      process.send(got.value:from(), "history", name, history)
    else
      return #history -- asked to stop
    end
  end
end

return { main = main }
