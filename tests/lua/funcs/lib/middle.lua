-- kind: function.lua
-- modules: funcs
return function(...) return require("funcs").call("test:stayer", ...) end
