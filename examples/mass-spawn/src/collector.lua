-- Starts its share of the tickers, counts their ticks, and tells the number when main asks for it.
local function start(count)
  local me, tickers = process.pid(), {}
  for i = 1, count do
    -- Phases are spread over the second, so that the load is even.
    tickers[i] = assert(process.spawn("mass:ticker", "mass:processes", me, (i * 997) % 1000 + 1))
  end
  return tickers
end

local function main(count)
  local ticks, asks, events = process.listen("tick"), process.listen("ask", { message = true }), process.events()
  local tickers = start(count)
  local seen = 0

  local cases = { asks:case_receive(), events:case_receive(), ticks:case_receive() }
  while true do
    local got = channel.select(cases)
    if got.channel == ticks then
      seen = seen + 1
    elseif got.channel == asks then
      process.send(got.value:from(), "answer", #tickers, seen)
      seen = 0
    else
      return -- asked to stop; so is every ticker
    end
  end
end

return { main = main }
