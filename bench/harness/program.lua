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

-- A figure of a run; nil if it says the same twice.
local function add_result(run, metric, value, unit)
  for _, result in ipairs(run.results) do
    if result.metric == metric then return nil end
  end
  run.results[#run.results + 1] = { metric = metric, value = value, unit = unit }
  return true
end

-- the lines of measure.sh
local measured = {
  BEFORE = function(run, rest) run.before_ns, run.before = math.tointeger(tonumber(rest:match("^%d+"))), rest end,
  AFTER = function(run, rest) run.after_ns, run.after = math.tointeger(tonumber(rest:match("^%d+"))), rest end,
  STARTED = function(run, rest) run.started_ns = math.tointeger(tonumber(rest)) end,
  EXIT = function(run, rest) run.status = math.tointeger(tonumber(rest)) end,
  USAGE = function(run, rest)
    local microseconds, kilobytes = rest:match("^(%d+) (%d+)$")
    run.cpu_ms, run.peak_MB = microseconds / 1000, kilobytes * 1024 / 1e6
  end,
}

-- the lines of the program; nil when one is wrong
local printed = {
  CHECK = function(run, rest)
    run.checks[#run.checks + 1] = rest
    return true
  end,
  RESULT = function(run, rest)
    local metric, text, unit = rest:match("^([%w_]+) (%S+) (%S.*)$")
    local value = tonumber(text)
    return value and math.abs(value) < math.huge and add_result(run, metric, value, unit)
  end,
  RUNNING = function(run, rest)
    local metric, ns = rest:match("^([%w_]+) (%d+)$")
    return ns and add_result(run, metric, (ns - run.started_ns) / 1e6, "ms")
  end,
}

local function read_line(run, text)
  local word, rest = text:match("^(%u+) ?(.*)$")
  if measured[word] then
    measured[word](run, rest)
  elseif not printed[word] then
    io.stderr:write(text, "\n")
  elseif not printed[word](run, rest) then
    run.wrong[#run.wrong + 1] = text
  end
end

-- The share of all CPU time that others used meanwhile, in percent.
local function foreign_percent(run)
  local busy0, total0 = cpu_times(run.before)
  local busy1, total1 = cpu_times(run.after)
  local others = busy1 - busy0 - run.cpu_ms / 10
  return math.max(0, 100 * others / math.max(1, total1 - total0))
end

-- Runs the words of `command` in a folder, not longer than `seconds`. Returns
--   {results = {{metric, value, unit}}, checks = {}, wrong = {}, wall_ms, cpu_ms, peak_MB, foreign_percent, status}
-- of which only the status counts when it is not 0. wrong: lines that begin as one of those above and are not, or give a figure for the second time.
function program.run(measure, folder, command, seconds)
  local line = { quoted(measure), tostring(seconds), quoted(folder) }
  for _, word in ipairs(command) do line[#line + 1] = quoted(word) end
  local run = { results = {}, checks = {}, wrong = {} }
  local output = assert(io.popen(table.concat(line, " ")))
  for text in output:lines() do read_line(run, text) end
  output:close()
  run.status = run.status or -1 -- interrupted
  if run.status ~= 0 then return run end
  run.wall_ms = (run.after_ns - run.before_ns) / 1e6
  run.foreign_percent = foreign_percent(run)
  return run
end

return program
