-- modules: funcs
local funcs = require("funcs")

local function main(parent, how, what)
  local kept = {}
  local function go(id)
    if how == "async" then kept[#kept + 1] = funcs.async(id, what, parent) return end
    coroutine.spawn(function() funcs.call(id, what, parent) end)
  end
  for _ = 1, how == "many" and 5 or 1 do go(how == "nested" and "test:middle" or "test:stayer") end
  local command = process.listen("end"):receive()
  if command == "raise" then error("told to end") end
end

return { main = main }
