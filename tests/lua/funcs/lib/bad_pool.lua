-- kind: function.lua
-- yaml: pool: [1]
return function() return "fine" end
