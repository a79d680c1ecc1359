-- modules: ctx
local ctx = require("ctx")
return {
    main = function()
        local s = process.with_context { a = "over", c = 3 }
        return { own = ctx.all(), child = s:exec("test:show", "test:processes", 1) }
    end,
}
