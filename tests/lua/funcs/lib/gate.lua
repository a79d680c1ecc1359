-- kind: function.lua
-- Waits for a message and returns what it holds.
return function(name)
  assert(process.registry.register(name or "gate"))
  return process.listen("open"):receive()
end
