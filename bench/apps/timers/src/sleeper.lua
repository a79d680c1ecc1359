-- Sleeps once and tells by how many microseconds that was too long.
local time = require("time")

local function main(parent, ms)
  local began = time.now()
  time.sleep(ms * time.MILLISECOND)
  process.send(parent, "late", time.now():sub(began):microseconds() - ms * 1000)
end

return { main = main }
