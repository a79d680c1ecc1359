local n = 0
for i = 1, 60000000 do n = n + i end
return { main = function(v) return v end }
