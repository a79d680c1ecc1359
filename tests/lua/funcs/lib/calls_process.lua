-- modules: funcs
return { main = function() return require("funcs").call("test:callable", "wait") end }
