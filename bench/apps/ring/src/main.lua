-- Hops per second of one token in a ring of processes; the token must end at the node where it has to.
local io, time = require("io"), require("time")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local function main()
  local size, hops = tonumber(io.args()[1] or 503), tonumber(io.args()[2] or 1000000)
  local by_inbox = io.args()[3] == "inbox"
  local node = by_inbox and "bench:node_inbox" or "bench:node"
  local done, me = process.listen("done"), process.pid()
  local ring = { assert(process.spawn(node, "bench:processes", me)) }
  for i = 2, size do ring[i] = assert(process.spawn(node, "bench:processes", me, ring[i - 1])) end
  process.send(ring[1], "next", ring[size])

  local began = time.now()
  process.send(ring[1], "token", hops)
  local last = done:receive()
  local seconds = time.now():sub(began):seconds()
  -- From node 1 the token goes to node size, size - 1, … 2, 1, …
  assert(last == ring[(-hops) % size + 1], "the token ended at the wrong node")
  for _, pid in ipairs(ring) do process.send(pid, "token", -1) end
  result(by_inbox and "ring_inbox" or "ring", hops / seconds, "hops/s")
end

return { main = main }
