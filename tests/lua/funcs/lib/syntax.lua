-- kind: function.lua
return function( syntax error
