-- modules: funcs
local funcs = require("funcs")
local big = ("x"):rep(50000)

local function main(what)
  local kept = {}
  while true do
    if what == "calls" then funcs.async("test:sleeper", "1h", big)
    elseif what == "results" then
      kept[#kept + 1] = funcs.async("test:echo", big)
      kept[#kept]:channel():receive()
    else
      coroutine.spawn(function() funcs.call("test:sleeper", "1h", big) end)
    end
  end
end

return { main = main }
