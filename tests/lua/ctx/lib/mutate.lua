-- modules: ctx
-- Changes what it got, and looks again.
local ctx = require("ctx")
return {
    main = function()
        local t, all = ctx.get("t"), ctx.all()
        t.x, t.new, all.t.x, all.other = "changed", 1, "changed", 2
        assert(ctx.get("t").x == "kept" and ctx.get("t").new == nil and ctx.get("t") ~= ctx.get("t"))
        assert(ctx.all().t.x == "kept" and ctx.all().other == nil)
        return true
    end,
}
