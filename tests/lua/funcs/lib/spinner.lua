-- kind: function.lua
return function() while true do end end
