-- modules: events
-- Its subscription is closed, so nothing can wake it any more.
local sub = events.subscribe("x")
sub:close()
channel.new():receive()
