-- kind: function.lua
-- Tells its parent that it runs, as which call of which state, and waits until it is let go.
local serial, calls = {}, 0
return function(parent, number)
  calls = calls + 1
  local go = process.listen("go")
  process.send(parent, "runs", { pid = process.pid(), state = tostring(serial), calls = calls, number = number })
  go:receive()
  return number
end
