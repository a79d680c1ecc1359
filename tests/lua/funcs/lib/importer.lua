-- kind: function.lua
-- imports: tool=test:tool
return function(x) return tool.twice(x) end
