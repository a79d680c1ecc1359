-- kind: function.lua
-- modules: funcs
require("funcs").call("test:add", 1, 2)
return function() end
