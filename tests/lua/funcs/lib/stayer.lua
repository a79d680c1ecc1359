-- kind: function.lua
-- modules: time
-- yaml: pool: {max_size: 4}
local time = require("time")
return function(what, parent)
  if what == "nothing" then return what end
  process.send(parent, "begun", process.pid())
  if what == "sleep" then time.sleep("1h") end
  while true do end
end
