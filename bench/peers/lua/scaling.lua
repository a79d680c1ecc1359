-- SPDX-License-Identifier: MIT
-- apps/scaling with one stand-alone interpreter on each CPU, which is pinned there: arguments: CPUs, jobs, n of fib(n).
local workers, jobs, n = tonumber(arg[1]), tonumber(arg[2]), tonumber(arg[3])

local JOB = [[
local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end
local sum = 0
for _ = 1, %d do sum = sum + fib(%d) end
print(sum)]]

local function clock_ms()
  local pipe = io.popen("date +%s%N")
  local ns = pipe:read("n")
  pipe:close()
  return ns / 1e6
end

local began, pipes, sum = clock_ms(), {}, 0
for cpu = 0, workers - 1 do
  local share = (jobs + cpu) // workers
  pipes[cpu] = assert(io.popen(string.format("taskset -c %d lua5.3 -e '%s'", cpu, JOB:format(share, n))))
end
for cpu = 0, workers - 1 do
  sum = sum + pipes[cpu]:read("n")
  assert(pipes[cpu]:close())
end
print("CHECK " .. sum)
print(string.format("RESULT scaling_%d %.3f ms", workers, clock_ms() - began))
