-- A tree of processes, ten below each: the leaves send their numbers up, the others add. Leaves per second, spawns and ends included.
local io, time = require("io"), require("time")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

-- 100000: 100k
local function label(count)
  if count % 1000000 == 0 then return count // 1000000 .. "M" end
  return count % 1000 == 0 and count // 1000 .. "k" or tostring(count)
end

local function main()
  local leaves = tonumber(io.args()[1] or 100000)
  local sums, me = process.listen("sum"), process.pid()
  assert(process.spawn("bench:node", "bench:processes", me, 0, 1))
  sums:receive() -- code is compiled

  local began = time.now()
  assert(process.spawn("bench:node", "bench:processes", me, 0, leaves))
  local sum = sums:receive()
  local seconds = time.now():sub(began):seconds()
  assert(sum == leaves * (leaves - 1) // 2, "wrong sum")
  result("tree_" .. label(leaves), leaves / seconds, "leaves/s")
end

return { main = main }
