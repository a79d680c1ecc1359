-- SPDX-License-Identifier: MIT
-- figures: collects samples and makes medians of them. A figure is
--
--   {name, metric, runtime, rows, unit, value, low, high, samples, rounds, wall_ms, cpu_ms, peak_MB, foreign_percent}
--
-- `name` is metric@runtime, for moonlet the metric alone. rows: those of the table that it needs. value: the median; low, high: the extremes; rounds:
-- the round of each sample, for one that failed has none. The rest is of the program that printed it, start and end included: wall_ms and cpu_ms are medians, peak_MB and
-- foreign_percent the worst of its runs. A figure that is made of two others has no program.
--
-- A program is {row, runtime, wall_ms, cpu_ms, peak_MB, foreign_percent}: what runs one row of the table in one runtime.
local figures = {}

function figures.median(list)
  local sorted = table.move(list, 1, #list, 1, {})
  table.sort(sorted)
  local middle = #sorted // 2
  if #sorted % 2 == 1 then return sorted[middle + 1] end
  return (sorted[middle] + sorted[middle + 1]) / 2
end

-- Is more better? Rates and gains: yes. Times, sizes and costs: no.
function figures.more_is_better(unit) return unit:match("/s$") ~= nil or unit == "x" end

-- How much of its value a figure varied, as a share: half of what lies between the extremes.
function figures.spread(figure)
  if figure.value == 0 then return 0 end
  return (figure.high - figure.low) / 2 / math.abs(figure.value)
end

function figures.name(metric, runtime) return runtime == "moonlet" and metric or metric .. "@" .. runtime end

local methods = {}
methods.__index = methods

function figures.new() return setmetatable({ list = {}, by_name = {}, programs = {} }, methods) end

local function figure_of(self, metric, runtime, unit)
  local name = figures.name(metric, runtime)
  local figure = self.by_name[name]
  if not figure then
    figure = { name = name, metric = metric, runtime = runtime, unit = unit, rows = {}, samples = {}, rounds = {}, runs = {} }
    self.by_name[name] = figure
    self.list[#self.list + 1] = figure
  end
  return figure
end

-- The program of a row in a runtime; nil if it has not run.
function methods:program(row, runtime)
  for _, program in ipairs(self.programs) do
    if program.row == row and program.runtime == runtime then return program end
  end
end

local function add_program(self, row, runtime)
  local program = { row = row, runtime = runtime, runs = {} }
  self.programs[#self.programs + 1] = program
  return program
end

local function add_rows(figure, rows)
  local known = {}
  for _, row in ipairs(figure.rows) do known[row] = true end
  for _, row in ipairs(rows) do
    if not known[row] then table.insert(figure.rows, row) end
  end
end

local function add_sample(figure, round, value)
  local i = #figure.samples + 1
  figure.samples[i], figure.rounds[i] = value, round
end

-- Adds the results of one run (program.lua) of a row, of the round with this number.
function methods:add(row, runtime, run, round)
  local program = self:program(row, runtime) or add_program(self, row, runtime)
  table.insert(program.runs, run)
  for _, result in ipairs(run.results) do
    local figure = figure_of(self, result.metric, runtime, result.unit)
    add_rows(figure, { row })
    add_sample(figure, round, result.value)
    table.insert(figure.runs, run)
  end
end

-- The figure that says what one is divided by another, in the rounds that have both, and in which the other is not zero.
local function add_quotients(self, factor, runtime, above, below)
  local divisor_of = {}
  for i, round in ipairs(below.rounds) do divisor_of[round] = below.samples[i] end
  for i, round in ipairs(above.rounds) do
    local divisor = divisor_of[round] or 0
    if divisor ~= 0 then
      local figure = figure_of(self, factor.name, runtime, factor.unit)
      add_rows(figure, above.rows)
      add_rows(figure, below.rows)
      add_sample(figure, round, above.samples[i] / divisor)
    end
  end
end

-- Adds those of the factors (factors.lua) that are not there yet, for all runtimes that have both figures.
function methods:add_factors(list)
  for _, factor in ipairs(list) do
    for _, runtime in ipairs(self:runtimes()) do
      local above, below = self:get(factor.above, runtime), self:get(factor.below, runtime)
      if above and below and not self:get(factor.name, runtime) then add_quotients(self, factor, runtime, above, below) end
    end
  end
end

-- Runtimes that have figures: moonlet first, the others as they came.
function methods:runtimes()
  local names, seen = { "moonlet" }, { moonlet = true }
  for _, figure in ipairs(self.list) do
    if not seen[figure.runtime] then
      seen[figure.runtime] = true
      names[#names + 1] = figure.runtime
    end
  end
  return names
end

-- The metrics in their order, each once.
function methods:metrics()
  local names, seen = {}, {}
  for _, figure in ipairs(self.list) do
    if not seen[figure.metric] then
      seen[figure.metric] = true
      names[#names + 1] = figure.metric
    end
  end
  return names
end

-- The unit of a metric; nil if nobody has it.
function methods:unit(metric)
  for _, figure in ipairs(self.list) do
    if figure.metric == metric then return figure.unit end
  end
end

function methods:get(metric, runtime) return self.by_name[figures.name(metric, runtime)] end

-- One field of all runs.
local function each(runs, field)
  local list = {}
  for i, run in ipairs(runs) do list[i] = run[field] end
  return list
end

-- What `runs` say of the program, put into `object`.
local function sum_up(object, runs)
  if #runs == 0 then return end
  object.wall_ms, object.cpu_ms = figures.median(each(runs, "wall_ms")), figures.median(each(runs, "cpu_ms"))
  object.peak_MB = math.max(table.unpack(each(runs, "peak_MB")))
  object.foreign_percent = math.max(table.unpack(each(runs, "foreign_percent")))
end

-- Computes all that is made of the samples; to be called after the last one.
function methods:finish()
  for _, figure in ipairs(self.list) do
    figure.value = figures.median(figure.samples)
    figure.low = math.min(table.unpack(figure.samples))
    figure.high = math.max(table.unpack(figure.samples))
    sum_up(figure, figure.runs)
  end
  for _, program in ipairs(self.programs) do sum_up(program, program.runs) end
end

-- The runtime with the best value of a metric; nil if only one has it.
function methods:best(metric)
  local best, count
  for _, runtime in ipairs(self:runtimes()) do
    local figure = self:get(metric, runtime)
    if figure and runtime ~= "floor" then
      count = (count or 0) + 1
      local more = figures.more_is_better(figure.unit)
      if not best or (more and figure.value > best.value) or (not more and figure.value < best.value) then best = figure end
    end
  end
  return count and count > 1 and best.runtime or nil
end

return figures
