-- kind: function.lua
-- yaml: pool: {max_size: 1}
return function(name)
  assert(process.registry.register(name))
  return process.listen("open"):receive()
end
