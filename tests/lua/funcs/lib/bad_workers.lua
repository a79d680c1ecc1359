-- kind: function.lua
-- yaml: pool: {workers: -1}
return function() return "fine" end
