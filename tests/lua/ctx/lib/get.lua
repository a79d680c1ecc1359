-- modules: ctx
local ctx = require("ctx")
return { main = function(...) return ctx.get(...) end }
