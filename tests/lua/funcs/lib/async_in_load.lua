-- kind: function.lua
-- modules: funcs
local future = require("funcs").async("test:add", 1, 2)
return function() return future:channel():receive():data() end
