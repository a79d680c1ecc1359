-- kind: function.lua
-- modules: funcs
return function(id, values) return require("funcs").new():with_context(values):call(id) end
