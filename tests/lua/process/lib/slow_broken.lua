local n = 0
for i = 1, 60000000 do n = n + i end
error("broken at last", 0)
return {}
