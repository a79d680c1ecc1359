-- Coroutines of one process share jobs through one channel and give their results to another.
local io, time = require("io"), require("time")

type Result = {worker: integer, job: integer, answer: integer}

-- Takes jobs until there are no more. While one worker waits, the others go on: a job may sleep, call or receive.
local function work(name: integer, jobs: channel.Channel<integer>, results: channel.Channel<Result>)
  while true do
    local job, more = jobs:receive()
    if not more then return end
    time.sleep(job % 3 * time.MILLISECOND)
    results:send({ worker = name, job = job, answer = job * job })
  end
end

local function main()
  local workers, count = tonumber(io.args()[1] or 4), tonumber(io.args()[2] or 20)
  local jobs, results = channel.new(workers), channel.new(workers)
  for name = 1, workers do
    coroutine.spawn(function() work(name, jobs, results) end)
  end

  coroutine.spawn(function()
    for job = 1, count do jobs:send(job) end -- waits while all workers are busy and the channel is full
    jobs:close() -- every worker finds it closed once it is empty
  end)

  local sum, busy = 0, {}
  for _ = 1, count do
    local result = results:receive()
    assert(result.answer == result.job ^ 2)
    sum = sum + result.answer
    busy[result.worker] = true
  end
  io.print(string.format("%d jobs, sum of squares %d", count, sum))
  io.print(string.format("%d workers had something to do", #busy))
end

return { main = main }
