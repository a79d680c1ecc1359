-- modules: ctx
-- Sends its context to somebody, as soon as it runs, and waits.
local ctx = require("ctx")
return {
    main = function(to)
        process.send(to, "context", ctx.all())
        process.events():receive()
    end,
}
