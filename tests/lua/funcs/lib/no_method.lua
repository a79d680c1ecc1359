-- kind: function.lua
-- method: absent
return { present = function() end }
