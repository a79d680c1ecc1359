-- modules: funcs, ctx
local function main(parent)
  process.send(parent, "seen", { by_function = require("funcs").call("test:sees"), own = require("ctx").all() })
end

return { main = main }
