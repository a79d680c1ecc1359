-- kind: function.lua
-- modules: time
local time = require("time")
return function(d) time.sleep(d or "1h") return "slept" end
