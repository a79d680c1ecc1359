-- kind: function.lua
-- modules: time
require("time").sleep("1ms")
return function() end
