-- modules: funcs, system, time
-- Futures that nobody looks at again: their calls run to the end, and nothing is left of them.
local funcs, system, time = require("funcs"), require("system"), require("time")

local function round()
  for _ = 1, 200 do funcs.async("test:add", 1, 2) end
  for _ = 1, 20 do funcs.async("test:echo", ("x"):rep(20000)) end
  for _ = 1, 20 do funcs.async("test:ends", "object") end
  for _ = 1, 20 do funcs.async("test:sleeper", "1ms") end
  for _ = 1, 5 do funcs.async("test:sleeper"):cancel() end
  -- all functions are served in order: once these have come, the others have
  assert(funcs.call("test:add", 1, 1) and funcs.call("test:echo") and funcs.call("test:ends", "count"))
  local last = {}
  for i = 1, 20 do last[i] = funcs.async("test:sleeper", "1ms") end
  for i = 1, 20 do last[i]:channel():receive() end
end

-- As it was at the end of the last slice.
local function memory()
  for _ = 1, 3 do system.gc.collect() end
  time.sleep("1ms")
  for _, process_info in ipairs(system.hosts.processes("test:terminal")) do return process_info.memory end
end

for _ = 1, 3 do round() coroutine.yield() end
coroutine.yield()
local before = memory()
for _ = 1, 10 do round() coroutine.yield() end
local now
for _ = 1, 100 do
  now = memory()
  if now < before + 100000 then return end
end
error(before .. " to " .. now)
