-- kind: function.lua
-- Chunk-level locals and globals last from call to call.
local count = 0
global_count = 0
return function()
  count = count + 1
  global_count = global_count + 1
  assert(count == global_count)
  return count
end
