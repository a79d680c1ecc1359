-- kind: function.lua
-- method: something
return function() return "whatever" end
