-- kind: function.lua
-- yaml: pool: {size: many}
return function() return "fine" end
