-- kind: function.lua
return function() return { pid = process.pid(), id = process.id() } end
