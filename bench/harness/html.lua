-- SPDX-License-Identifier: MIT
-- html: the figures of a run as one page: a chart per figure with a bar for each runtime, and all of it as a table. The page needs nothing
-- from elsewhere.
local figures, show = require("figures"), require("show")

local html = {}

local WIDTH, LABEL, BAR, LINE = 420, 76, 210, 24 -- of a chart, in pixels

local STYLE = [[
:root { color-scheme: light; --ink: #1d2430; --soft: #5b6675; --line: #dde2e8; --own: #2f6fde; --peer: #9aa6b5; --floor: #d8b45a; }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: #fff; max-width: 1340px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; }
h2 { font-size: 1.1rem; margin-top: 2.5rem; }
p { color: var(--soft); max-width: 60rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(420px, 1fr)); gap: 1rem; }
figure { margin: 0; padding: .7rem .9rem; border: 1px solid var(--line); border-radius: 6px; }
figcaption { font-weight: 600; }
figcaption small { font-weight: 400; color: var(--soft); }
svg { display: block; max-width: 100%; height: auto; }
svg text { font: 13px system-ui, sans-serif; fill: var(--ink); dominant-baseline: central; }
.moonlet { fill: var(--own); } .peer { fill: var(--peer); } .floor { fill: var(--floor); }
.range { stroke: var(--ink); stroke-width: 1.5; opacity: .6; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .15rem .7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left; }
tr.own td { font-weight: 600; }
]]

local escapes = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local function escaped(text) return (tostring(text):gsub('[&<>"]', escapes)) end

local function class_of(runtime)
  if runtime == "moonlet" or runtime == "floor" then return runtime end
  return "peer"
end

-- One bar with its range from the lowest to the highest sample; `scale`: pixels per unit.
local function bar(figure, y, scale)
  local middle = y + LINE / 2
  local low, high = math.max(0, figure.low) * scale, math.max(0, figure.high) * scale
  return table.concat({
    string.format('<text x="0" y="%.1f">%s</text>', middle, escaped(figure.runtime)),
    string.format('<rect class="%s" x="%d" y="%.1f" width="%.1f" height="%d" rx="2"/>', class_of(figure.runtime), LABEL, y + 4,
      math.max(1, math.max(0, figure.value) * scale), LINE - 8),
    string.format('<line class="range" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>', LABEL + low, LABEL + high, middle, middle),
    string.format('<text x="%d" y="%.1f">%s</text>', LABEL + BAR + 12, middle, escaped(show.number(figure.value))),
  }, "\n")
end

local function chart(list)
  local largest = 0
  for _, figure in ipairs(list) do largest = math.max(largest, figure.high) end
  local scale, parts = largest > 0 and BAR / largest or 0, {}
  for i, figure in ipairs(list) do parts[i] = bar(figure, (i - 1) * LINE, scale) end
  return string.format('<svg viewBox="0 0 %d %d" width="%d" height="%d" role="img">\n%s\n</svg>', WIDTH, #list * LINE, WIDTH,
    #list * LINE, table.concat(parts, "\n"))
end

local function card(collection, metric)
  local list = {}
  for _, runtime in ipairs(collection:runtimes()) do list[#list + 1] = collection:get(metric, runtime) end
  local unit = list[1].unit
  local better = figures.more_is_better(unit) and "more is better" or "less is better"
  return string.format("<figure><figcaption>%s <small>%s, %s</small></figcaption>\n%s\n</figure>", escaped(metric), escaped(unit), better,
    chart(list))
end

-- A figure that is made of two others has no program.
local function number_or_none(value) return value and show.number(value) or "" end

local function table_row(figure)
  local cells = {
    figure.name, figure.unit, show.number(figure.value), show.number(figure.low), show.number(figure.high), #figure.samples,
    number_or_none(figure.wall_ms), number_or_none(figure.cpu_ms), number_or_none(figure.peak_MB),
    figure.foreign_percent and string.format("%.0f %%", figure.foreign_percent) or "",
  }
  for i, cell in ipairs(cells) do cells[i] = "<td>" .. escaped(cell) .. "</td>" end
  return string.format("<tr%s>%s</tr>", figure.runtime == "moonlet" and ' class="own"' or "", table.concat(cells))
end

local function cards(collection)
  local parts = {}
  for i, metric in ipairs(collection:metrics()) do parts[i] = card(collection, metric) end
  return table.concat(parts, "\n")
end

local function rows(collection)
  local parts = {}
  for _, metric in ipairs(collection:metrics()) do
    for _, runtime in ipairs(collection:runtimes()) do
      local figure = collection:get(metric, runtime)
      if figure then parts[#parts + 1] = table_row(figure) end
    end
  end
  return table.concat(parts, "\n")
end

local PAGE = [[
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>moonlet: performance</title>
<style>
%s</style>
</head>
<body>
<h1>moonlet: performance</h1>
<p>%s</p>
<p>Each bar is a median; the thin line spans the lowest and the highest round. <code>floor</code> is the same work by hand in C, with the
API of Lua and no runtime. %s</p>
<h2>Charts</h2>
<div class="charts">
%s
</div>
<h2>All figures</h2>
<p>wall and CPU: time of the whole program, its start and end included. peak: the most resident memory that it had in any round. foreign
load: the share of all CPU time that others used meanwhile, in the worst round.</p>
<table>
<tr><th>figure</th><th>unit</th><th>median</th><th>lowest</th><th>highest</th><th>rounds</th><th>wall ms</th><th>CPU ms</th><th>peak MB</th><th>foreign load</th></tr>
%s
</table>
</body>
</html>
]]

function html.page(collection, about)
  return string.format(PAGE, STYLE, escaped(show.about(about)), escaped(table.concat(about.versions, ", ")), cards(collection),
    rows(collection))
end

return html
