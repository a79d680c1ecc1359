-- kind: function.lua
-- yaml: pool: {type: elastic}
return function() return "fine" end
