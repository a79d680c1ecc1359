-- Runs jobs at fixed intervals, each run in a process of its own: one that fails or hangs disturbs neither the others nor this one.
-- A job is run `times` times; one whose last run is not over yet is passed over.
local time = require("time")

type Job = {name: string, entry: string, every: string, times: integer @min(1)}
type Jobs = {Job}

-- Starts a run and waits for its end. Returns the error it ended with, if any.
local function run(job: Job, number: integer): error?
  return select(2, process.exec(job.entry, "cron:processes", number))
end

-- One coroutine per job: it sleeps until the next run is due, counted from the start, so that delays do not add up.
local function keep(job: Job, report: (text: string) -> ())
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

local function main(parent: string, jobs: any)
  local function report(text: string) process.send(parent, "report", text) end
  local done = channel.new(0)
  for _, job in ipairs(Jobs(jobs)) do -- whoever gives it something else sees it end with an error that says what is wrong
    coroutine.spawn(function()
      keep(job, report)
      done:send(true)
    end)
  end
  for _ = 1, #jobs do done:receive() end
end

return { main = main }
