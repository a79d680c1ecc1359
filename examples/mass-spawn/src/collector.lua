-- Starts its share of the tickers, counts their ticks, tells the number when main asks for it, and ends them at the end.
local function start(count)
  local me, tickers = process.pid(), {}
  for i = 1, count do
    -- Phases are spread over the second, so that the load is even.
    tickers[i] = assert(process.spawn("mass:ticker", "mass:processes", me, (i * 997) % 1000))
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
    else -- asked to stop
      for _, ticker in ipairs(tickers) do process.terminate(ticker) end
      return
    end
  end
end

return { main = main }
