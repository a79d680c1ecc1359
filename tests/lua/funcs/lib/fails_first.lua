-- kind: function.lua
error("not yet")
return {}
