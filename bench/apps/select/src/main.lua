-- Selects per second over 8 channels inside one process: a coroutine sends to each, the main one takes what is ready.
local io, time = require("io"), require("time")

local CHANNELS = 8

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local function main()
  local count = tonumber(io.args()[1] or 50000)
  local cases, number_of, last = {}, {}, {}
  for c = 1, CHANNELS do
    local ch = channel.new(0)
    cases[c], number_of[ch], last[c] = ch:case_receive(), c, 0
    coroutine.spawn(function()
      for i = 1, count do ch:send(i) end
    end)
  end

  local began = time.now()
  for _ = 1, CHANNELS * count do
    local r = channel.select(cases)
    local c = number_of[r.channel]
    assert(r.ok and r.value == last[c] + 1, "a value is lost or out of order")
    last[c] = r.value
  end
  local seconds = time.now():sub(began):seconds()
  for c = 1, CHANNELS do assert(last[c] == count) end
  result("select", CHANNELS * count / seconds, "/s")
end

return { main = main }
