-- Says that it ran, and ends.
return { main = function(parent) process.send(parent, "done", 1) end }
