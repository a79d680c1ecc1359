-- Starts the sleepers; how long each sleeps is spread evenly over a second.
local function main(parent, count)
  for i = 1, count do assert(process.spawn("bench:sleeper", "bench:processes", parent, i * 7919 % 1001)) end
end

return { main = main }
