-- modules: funcs
local function main()
  local executor = require("funcs").new():with_options({ retry = { max_attempts = 9, initial_delay = 15, jitter = 0 } })
  return executor:call("test:flaky", "abandoned", 100, errors.UNAVAILABLE)
end

return { main = main }
