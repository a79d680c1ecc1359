-- kind: function.lua
-- yaml: pool: {type: 7}
return function() return "fine" end
