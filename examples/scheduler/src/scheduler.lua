-- Runs jobs at fixed intervals, each run in a process of its own: one that fails or hangs disturbs neither the others nor this one.
-- A job {name, entry, every, times} is run `times` times; one whose last run is not over yet is passed over.
local time = require("time")

-- Starts a run and waits for its end. Returns the error it ended with, if any.
local function run(job, number)
  return select(2, process.exec(job.entry, "cron:processes", number))
end

-- One coroutine per job: it sleeps until the next run is due, counted from the start, so that delays do not add up.
local function keep(job, report)
  local began, every = time.now(), time.parse_duration(job.every)
  local failures = 0
  for number = 1, job.times do
    local due = began:add(number * every:nanoseconds())
    time.sleep(due:sub(time.now()))
    local failure = run(job, number)
    if failure then
      failures = failures + 1
      report(string.format("%s: run %d failed: %s", job.name, number, failure:message()))
    end
  end
  report(string.format("%s: %d runs, %d failures", job.name, job.times, failures))
end

local function main(parent, jobs)
  local function report(text) process.send(parent, "report", text) end
  local done = channel.new(0)
  for _, job in ipairs(jobs) do
    coroutine.spawn(function()
      keep(job, report)
      done:send(true)
    end)
  end
  for _ = 1, #jobs do done:receive() end
end

return { main = main }
