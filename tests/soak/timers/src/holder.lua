-- Arms its share of one-shot timers at random moments and waits for them all. None may be early.
local time = require("time")

local function main(parent, count, most_ms)
  local late, early = {}, 0
  for _ = 1, count do
    local ms = math.random(1, most_ms)
    local armed = time.now()
    local fired = time.after(ms * time.MILLISECOND)
    coroutine.spawn(function()
      fired:receive()
      local lateness = time.now():sub(armed):microseconds() - ms * 1000
      if lateness < 0 then early = early + 1 end
      late[#late + 1] = lateness
      if #late == count then process.send(parent, "fired", { late = late, early = early }) end
    end)
  end
  while #late < count do time.sleep("20ms") end
end

return { main = main }
