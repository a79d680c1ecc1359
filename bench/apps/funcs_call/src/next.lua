return function(i) return i + 1 end
