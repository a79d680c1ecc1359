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

-- A table is a list of rows {name, unit, best, cells}: a text for each runtime that has one, and the runtime that is best.

-- A row for each metric.
local function metric_rows(collection)
  local rows = {}
  for _, metric in ipairs(collection:metrics()) do
    local row = { name = metric, unit = collection:unit(metric), best = collection:best(metric), cells = {} }
    for _, runtime in ipairs(collection:runtimes()) do
      local figure = collection:get(metric, runtime)
      row.cells[runtime] = figure and with_spread(figure)
    end
    rows[#rows + 1] = row
  end
  return rows
end

local PROGRAMS = "Whole programs: wall time / CPU time / peak of memory."

local function program_text(program)
  return string.format("%.2f / %.2f / %s", program.wall_ms / 1000, program.cpu_ms / 1000, show.number(program.peak_MB))
end

-- A row for each row of the table of benchmarks.
local function program_rows(collection)
  local rows, row = {}, nil
  for _, program in ipairs(collection.programs) do
    if not row or row.name ~= program.row then
      row = { name = program.row, unit = "s / s / MB", cells = {} }
      rows[#rows + 1] = row
    end
    row.cells[program.runtime] = program_text(program)
  end
  return rows
end

-- The width of the widest name, and of the widest cell of each runtime.
local function widths(rows, runtimes)
  local name_width, sizes = 0, {}
  for _, runtime in ipairs(runtimes) do sizes[runtime] = #runtime end
  for _, row in ipairs(rows) do
    name_width = math.max(name_width, #row.name)
    for runtime, text in pairs(row.cells) do sizes[runtime] = math.max(sizes[runtime], width(text)) end
  end
  return name_width, sizes
end

-- Green: moonlet is the best; yellow: another is.
local function terminal_lines(rows, runtimes, lines)
  local name_width, sizes = widths(rows, runtimes)
  local head = (" "):rep(name_width)
  for _, runtime in ipairs(runtimes) do head = head .. "  " .. right(runtime, sizes[runtime]) end
  lines[#lines + 1] = "\27[1m" .. head .. "\27[0m"
  for _, row in ipairs(rows) do
    local line = row.name .. (" "):rep(name_width - #row.name)
    for _, runtime in ipairs(runtimes) do
      local text = right(row.cells[runtime] or "", sizes[runtime])
      if row.best == runtime then text = (runtime == "moonlet" and "\27[32m" or "\27[33m") .. text .. "\27[0m" end
      line = line .. "  " .. text
    end
    lines[#lines + 1] = line .. "  " .. row.unit
  end
end

-- Two tables for a terminal: the figures, and the programs that they come from.
function show.terminal(collection)
  local runtimes, lines = collection:runtimes(), {}
  terminal_lines(metric_rows(collection), runtimes, lines)
  lines[#lines + 1] = "\n" .. PROGRAMS
  terminal_lines(program_rows(collection), runtimes, lines)
  return table.concat(lines, "\n")
end

-- What is to be known about a run, as a sentence.
function show.about(about)
  return string.format(
    "%s, commit %s, %s, %d CPUs, Linux %s; median of %d round%s; foreign load %d %% of the machine, at worst %d %%.%s",
    about.date, about.commit, about.machine, about.cpus, about.kernel, about.rounds, about.rounds == 1 and "" or "s",
    about.foreign_percent // 1, about.foreign_worst // 1, about.quick and " Tiny sizes: the figures mean nothing." or "")
end

-- The best of each line in bold.
local function markdown_lines(title, rows, runtimes, lines)
  lines[#lines + 1] = string.format("| %s | unit | %s |", title, table.concat(runtimes, " | "))
  lines[#lines + 1] = "|---|---|" .. ("---:|"):rep(#runtimes)
  for _, row in ipairs(rows) do
    local line = { "`" .. row.name .. "`", row.unit }
    for _, runtime in ipairs(runtimes) do
      local text = row.cells[runtime] or ""
      line[#line + 1] = row.best == runtime and "**" .. text .. "**" or text
    end
    lines[#lines + 1] = "| " .. table.concat(line, " | ") .. " |"
  end
end

-- The same tables in Markdown.
function show.markdown(collection, about)
  local runtimes, lines = collection:runtimes(), { show.about(about), "" }
  markdown_lines("figure", metric_rows(collection), runtimes, lines)
  table.move({ "", PROGRAMS, "" }, 1, 3, #lines + 1, lines)
  markdown_lines("program", program_rows(collection), runtimes, lines)
  return table.concat(lines, "\n") .. "\n"
end

return show
