-- kind: function.lua
-- method: none
return { method = "value" }
