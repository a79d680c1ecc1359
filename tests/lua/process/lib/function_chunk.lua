-- method: whatever
return function(v) return v end
