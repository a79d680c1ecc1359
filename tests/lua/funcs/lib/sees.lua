-- kind: function.lua
-- modules: ctx
return function() return (require("ctx").all()) end
