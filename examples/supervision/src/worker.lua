-- Reports to the watcher and does as told: work, or crash. It keeps no memory of former lives.
local time = require("time")

local function report()
  while not process.send("watcher", "started") do
    time.sleep("5ms") -- no watcher yet
  end
end

local function main()
  local events, inbox = process.events(), process.inbox()
  report()
  local cases = { events:case_receive(), inbox:case_receive() }
  while true do
    local got = channel.select(cases)
    if got.channel == events then return end -- asked to stop: no failure, so no restart
    local order = got.value:payload():data()
    -- An uncaught error ends this process and no other. Its supervisor starts the next one.
    if order == "crash" then error(errors.new("told to crash")) end
    process.send(got.value:from(), "done", order)
  end
end

return { main = main }
