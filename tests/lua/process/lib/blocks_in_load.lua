channel.new():receive()
return { main = function() end }
