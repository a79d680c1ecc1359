process.events():receive() -- the end
