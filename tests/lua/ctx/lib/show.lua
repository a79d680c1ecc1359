-- modules: ctx
-- Returns what it sees of its context; with depth, what a child of a child … sees.
local ctx = require("ctx")
return {
    main = function(depth)
        if depth and depth > 0 then return process.exec("test:show", "test:processes", depth - 1) end
        return ctx.all()
    end,
}
