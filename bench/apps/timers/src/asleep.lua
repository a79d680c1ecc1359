-- A sleeper that does not look at the clock.
local time = require("time")

local function sleeps(_, ms) time.sleep(ms * time.MILLISECOND) end

local function reports(parent, ms)
  time.sleep(ms * time.MILLISECOND)
  process.send(parent, "late", 0)
end

return { sleeps = sleeps, reports = reports }
