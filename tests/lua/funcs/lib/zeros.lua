-- kind: function.lua
-- yaml: pool: {workers: 0, size: 0, max_size: 0, other: 1}
return function() return "fine" end
