-- Fails while it is loaded, sometimes only after having been preempted.
local sum = 0
for i = 1, math.random(5000) do sum = sum + i end
error("broken after " .. (sum > 0 and "a sum" or "nothing"))
