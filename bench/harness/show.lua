-- SPDX-License-Identifier: MIT
-- show: numbers and tables as text: lines for programs, a table for a terminal, a table in Markdown.
local figures = require("figures")

local show = {}

-- A number as people read it: 3 significant digits or so, thousands apart.
function show.number(value)
  local size = math.abs(value)
  if size < 1 then return string.format("%.3g", value) end
  if size < 10 then return string.format("%.2f", value) end
  if size < 100 then return string.format("%.1f", value) end
  local text, count = string.format("%.0f", value), nil
  repeat
    text, count = text:gsub("^(-?%d+)(%d%d%d)", "%1,%2")
  until count == 0
  return text
end

-- name<TAB>value<TAB>unit
function show.line(figure) return string.format("%s\t%.3f\t%s", figure.name, figure.value, figure.unit) end

local function with_spread(figure)
  if #figure.samples < 2 then return show.number(figure.value) end
  return string.format("%s ±%.0f%%", show.number(figure.value), figures.spread(figure) * 100)
end

local function width(text) return utf8.len(text) end

local function right(text, columns) return (" "):rep(columns - width(text)) .. text end

-- The rows of a table: the metric, its unit, a cell for each runtime or "", and the runtime that is best.
local function cells(collection)
  local rows = {}
  for _, metric in ipairs(collection:metrics()) do
    local row = { metric = metric, best = collection:best(metric) }
    for _, runtime in ipairs(collection:runtimes()) do
      local figure = collection:get(metric, runtime)
      row.unit = figure and figure.unit or row.unit
      row[runtime] = figure and with_spread(figure) or ""
    end
    rows[#rows + 1] = row
  end
  return rows
end

-- A table for a terminal. Green: moonlet is the best; yellow: another is.
function show.terminal(collection)
  local rows, runtimes, sizes = cells(collection), collection:runtimes(), { metric = 0, unit = 0 }
  for _, runtime in ipairs(runtimes) do sizes[runtime] = #runtime end
  for _, row in ipairs(rows) do
    for column, text in pairs(row) do
      if sizes[column] then sizes[column] = math.max(sizes[column], width(text)) end
    end
  end
  local head = (" "):rep(sizes.metric)
  for _, runtime in ipairs(runtimes) do head = head .. "  " .. right(runtime, sizes[runtime]) end
  local lines = { "\27[1m" .. head .. "\27[0m" }
  for _, row in ipairs(rows) do
    local line = row.metric .. (" "):rep(sizes.metric - #row.metric)
    for _, runtime in ipairs(runtimes) do
      local text = right(row[runtime], sizes[runtime])
      if row.best == runtime then text = (runtime == "moonlet" and "\27[32m" or "\27[33m") .. text .. "\27[0m" end
      line = line .. "  " .. text
    end
    lines[#lines + 1] = line .. "  " .. row.unit
  end
  return table.concat(lines, "\n")
end

-- What is to be known about a run, as a sentence.
function show.about(about)
  return string.format(
    "%s, commit %s, %s, %d CPUs, Linux %s; median of %d round%s; foreign load %d %% of the machine, at worst %d %%.%s",
    about.date, about.commit, about.machine, about.cpus, about.kernel, about.rounds, about.rounds == 1 and "" or "s",
    about.foreign_percent // 1, about.foreign_worst // 1, about.quick and " Tiny sizes: the figures mean nothing." or "")
end

-- A table in Markdown, the best of each line in bold.
function show.markdown(collection, about)
  local runtimes = collection:runtimes()
  local lines = { show.about(about), "", "| figure | unit | " .. table.concat(runtimes, " | ") .. " |" }
  lines[#lines + 1] = "|---|---|" .. ("---:|"):rep(#runtimes)
  for _, row in ipairs(cells(collection)) do
    local line = { "`" .. row.metric .. "`", row.unit }
    for _, runtime in ipairs(runtimes) do
      line[#line + 1] = row.best == runtime and "**" .. row[runtime] .. "**" or row[runtime]
    end
    lines[#lines + 1] = "| " .. table.concat(line, " | ") .. " |"
  end
  return table.concat(lines, "\n") .. "\n"
end

return show
