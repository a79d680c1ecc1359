-- Calls per second of a trivial function in a warm pool; each result is the argument of the next call.
local funcs, io, time = require("funcs"), require("io"), require("time")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

local function main()
  local count = tonumber(io.args()[1] or 300000)
  local call = funcs.call
  assert(call("bench:next", 0) == 1) -- the state is made

  local i = 0
  local began = time.now()
  for _ = 1, count do i = call("bench:next", i) end
  local seconds = time.now():sub(began):seconds()
  assert(i == count, "wrong results")
  result("funcs_call", count / seconds, "/s")
end

return { main = main }
