-- Very many timers armed at once, none of which may be early, beside a 10 ms ticker that must not drift.
local io, time = require("io"), require("time")

local SHARE = 1000 -- timers of one process

local function percentile(sorted, p)
  return sorted[math.max(1, math.ceil(#sorted * p))]
end

local function tick(seconds)
  local ticker, began, ticks = time.ticker("10ms"), time.now(), 0
  while time.now():sub(began):seconds() < seconds do
    ticker:channel():receive()
    ticks = ticks + 1
  end
  ticker:stop()
  return ticks, time.now():sub(began):milliseconds() // 10
end

local function main()
  local count, seconds = tonumber(io.args()[1] or 20000), tonumber(io.args()[2] or 1)
  local me, fired, holders = process.pid(), process.listen("fired"), math.max(1, count // SHARE)
  for _ = 1, holders do
    assert(process.spawn_linked("timers:holder", "timers:processes", me, count // holders, seconds * 1000))
  end
  local ticks, expected = tick(seconds)
  local late, early = {}, 0
  for _ = 1, holders do
    local share = fired:receive()
    early = early + share.early
    for _, us in ipairs(share.late) do late[#late + 1] = us end
  end
  table.sort(late)
  io.print(string.format("%d timers: late p50 %d us, p99 %d us, max %d us; ticker: %d of %d ticks", #late, percentile(late, 0.5),
    percentile(late, 0.99), late[#late], ticks, expected))
  if early > 0 then return nil, early .. " timers fired early" end
  if #late ~= count // holders * holders then return nil, "timers were lost" end
end

return { main = main }
