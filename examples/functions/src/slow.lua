local time = require("time")

local function wait() time.sleep("1h") end

return { wait = wait }
