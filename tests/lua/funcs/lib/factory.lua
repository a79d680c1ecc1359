-- kind: function.lua
-- method: none
runs = (runs or 0) + 1
return function(i) return runs .. ":" .. i end
