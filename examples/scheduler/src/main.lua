-- Gives the scheduler two jobs and prints what it reports, sorted, until it has ended.
local io = require("io")

local function main()
  local reports, events = process.listen("report"), process.events()
  local scheduler = assert(process.spawn_monitored("cron:scheduler", "cron:processes", process.pid(), {
    { name = "heartbeat", entry = "cron:heartbeat", every = "10ms", times = 5 },
    { name = "fragile", entry = "cron:fragile", every = "20ms", times = 3 },
  }))

  local lines = {}
  local cases = { reports:case_receive(), events:case_receive() }
  while true do
    local got = channel.select(cases)
    if got.channel == reports then
      lines[#lines + 1] = got.value
    elseif got.value.kind == process.event.EXIT and got.value.from == scheduler then
      assert(not got.value.result.error, got.value.result.error)
      break
    else
      return -- asked to stop
    end
  end
  table.sort(lines)
  io.print(table.concat(lines, "\n"))
end

return { main = main }
