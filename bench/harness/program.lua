-- SPDX-License-Identifier: MIT
-- program: runs one program once through measure.sh and reads what came out.
--
-- What a benchmark prints, a line each:
--   RESULT <metric> <value> <unit>     a figure
--   RUNNING <metric> <unix ns>         the figure is the time since the program was executed, in ms
--   CHECK <text>                       must be the same in all programs of a row
-- Other lines go to standard error.
local program = {}

local function quoted(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

-- busy and total time of all CPUs in ticks; what the hypervisor took counts as busy, for it is not ours
local function cpu_times(line)
  local busy, total, column = 0, 0, 0
  for ticks in line:gmatch("%s(%d+)") do
    column = column + 1
    if column > 8 then break end -- guests are in user and nice already
    total = total + ticks
    if column ~= 4 and column ~= 5 then busy = busy + ticks end -- idle, waiting for disks
  end
  return busy, total
end

local function seconds_of(text)
  local minutes, seconds = text:match("^(%d+)m([%d.]+)s$")
  return minutes * 60 + seconds
end

local readers = {
  BEFORE = function(run, rest) run.before_ns, run.before = math.tointeger(tonumber(rest:match("^%d+"))), rest end,
  AFTER = function(run, rest) run.after_ns, run.after = math.tointeger(tonumber(rest:match("^%d+"))), rest end,
  STARTED = function(run, rest) run.started_ns = math.tointeger(tonumber(rest)) end,
  EXIT = function(run, rest) run.status = math.tointeger(tonumber(rest)) end,
  TIMES = function(run, rest)
    local user, system = rest:match("^(%S+) (%S+)$")
    run.cpu_ms = (seconds_of(user) + seconds_of(system)) * 1000
  end,
  CHECK = function(run, rest) run.checks[#run.checks + 1] = rest end,
  RESULT = function(run, rest)
    local metric, value, unit = rest:match("^(%S+) (%S+) (.+)$")
    run.results[#run.results + 1] = { metric = metric, value = assert(tonumber(value), rest), unit = unit }
  end,
  RUNNING = function(run, rest)
    local metric, ns = rest:match("^(%S+) (%d+)$")
    run.results[#run.results + 1] = { metric = metric, value = (ns - run.started_ns) / 1e6, unit = "ms" }
  end,
}

-- The share of all CPU time that others used meanwhile, in percent.
local function foreign_percent(run)
  local busy0, total0 = cpu_times(run.before)
  local busy1, total1 = cpu_times(run.after)
  local others = busy1 - busy0 - run.cpu_ms / 10
  return math.max(0, 100 * others / math.max(1, total1 - total0))
end

-- Runs the words of `command` in a folder, not longer than `seconds`. Returns
--   {results = {{metric, value, unit}}, checks = {}, wall_ms, cpu_ms, foreign_percent, status}
function program.run(measure, folder, command, seconds)
  local line = { quoted(measure), tostring(seconds), quoted(folder) }
  for _, word in ipairs(command) do line[#line + 1] = quoted(word) end
  local run = { results = {}, checks = {} }
  local output = assert(io.popen(table.concat(line, " ")))
  for text in output:lines() do
    local word, rest = text:match("^(%u+) (.*)$")
    if readers[word] then readers[word](run, rest) else io.stderr:write(text, "\n") end
  end
  output:close()
  if not run.status then return { results = {}, checks = {}, status = -1 } end -- interrupted
  run.wall_ms = (run.after_ns - run.before_ns) / 1e6
  run.foreign_percent = foreign_percent(run)
  return run
end

return program
