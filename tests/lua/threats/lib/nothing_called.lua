-- kind: function.lua
return function() end
