-- kind: function.lua
return function(...) return { n = select("#", ...), ... } end
