-- Many processes, each of which sleeps once, from 0 to 1 s: CPU time per process with its timer, and how late the timers are. Whoever runs
-- the benchmark measures and answers with the CPU time. With a second argument: only that, of processes that do less (parts.lua).
local io, parts = require("io"), require("parts")

local function result(metric, value, unit)
  io.print(string.format("RESULT %s %.3f %s", metric, value, unit))
end

-- 100000: 100k
local function label(count)
  if count % 1000000 == 0 then return count // 1000000 .. "M" end
  return count % 1000 == 0 and count // 1000 .. "k" or tostring(count)
end

local function cpu_us()
  io.print("MEASURE cpu")
  io.flush()
  return assert(tonumber(io.readline()))
end

local function main()
  local count, part = tonumber(io.args()[1] or 100000), io.args()[2]
  if part then return result("timers_" .. part, parts.measure(part, count, cpu_us), "us") end
  local lates, late = process.listen("late"), {}
  local before = cpu_us()
  -- Another process starts them, so that this one can receive meanwhile.
  assert(process.spawn("bench:starter", "bench:processes", process.pid(), count))
  for i = 1, count do late[i] = lates:receive() end
  local used = cpu_us() - before

  table.sort(late)
  assert(late[1] >= 0, "a timer fired early")
  local name = "timers_" .. label(count)
  result(name .. "_cpu", used / count, "us")
  result(name .. "_p50", late[(count + 1) // 2], "us")
  result(name .. "_p99", late[math.max(1, count * 99 // 100)], "us")
  result(name .. "_max", late[count], "us")
end

return { main = main }
