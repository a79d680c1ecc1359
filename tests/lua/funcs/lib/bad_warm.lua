-- kind: function.lua
-- yaml: pool: {type: adaptive, warm_start: 9, max_size: 4}
return function() return "fine" end
