-- kind: function.lua
error("broken on purpose", 0)
