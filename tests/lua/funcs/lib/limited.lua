-- kind: function.lua
-- modules: time
-- yaml: meta: {options: {timeout: 20ms}}
return function(d) require("time").sleep(d or "1h") return "slept" end
