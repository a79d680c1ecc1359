-- kind: function.lua
return {main = function() return 1 end}
