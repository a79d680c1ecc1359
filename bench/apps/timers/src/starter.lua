-- Starts the sleepers, or others; how long each sleeps is spread evenly over a second, if it is not said.
local function main(parent, count, entry, ms)
  entry = entry or "bench:sleeper"
  for i = 1, count do assert(process.spawn(entry, "bench:processes", parent, ms or i * 7919 % 1001)) end
end

return { main = main }
