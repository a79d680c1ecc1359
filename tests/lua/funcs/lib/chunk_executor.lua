-- kind: function.lua
-- modules: funcs
local executor = require("funcs").new():with_context({ fixed = "yes" })
return function() return executor:call("test:sees") end
