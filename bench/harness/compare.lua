-- SPDX-License-Identifier: MIT
-- compare: compare.lua OLD.json NEW.json, see ../compare.sh.
--
-- A figure counts as changed when its median moved by more than the noise: what both runs varied by themselves (half of what lies between
-- their extremes, added up; of seven samples and more without the outermost), and never less than 5 %; 25 % when one of them has a single
-- sample, for that says nothing about its spread. Noise hides nothing for ever: a loss of more than 25 % within it is `noisy`: nobody can tell.
-- Where the old value is zero no share can be told: then the figure changed when it moved by more than half of both extremes' distances.
--
-- A figure that NEW lacks is worse: its benchmark fails now; unless NEW left out a row that it needs. Figures of other runtimes are not judged:
-- they say how the machine was.
package.path = arg[0]:gsub("[^/]*$", "?.lua") .. ";" .. package.path
local figures, json, show = require("figures"), require("json"), require("show")

local LEAST_NOISE, UNKNOWN_NOISE, MOST_NOISE = 0.05, 0.25, 0.25

-- A figure has what the comparison needs, or an error that says what is wrong.
local function check_figure(where, figure)
  if type(figure) ~= "table" then error(where .. ": must be an object", 0) end
  for _, field in ipairs({ "value", "low", "high" }) do
    if type(figure[field]) ~= "number" then error(string.format('%s: "%s" must be a number', where, field), 0) end
  end
  if type(figure.unit) ~= "string" then error(where .. ': "unit" must be a text', 0) end
  if type(figure.samples) ~= "table" then error(where .. ': "samples" must be a list of numbers', 0) end
  for _, sample in ipairs(figure.samples) do
    if type(sample) ~= "number" then error(where .. ': "samples" must be a list of numbers', 0) end
  end
end

local function read(path)
  local file, err = io.open(path)
  if not file then error(err, 0) end
  local text = file:read("a")
  file:close()
  local ok, run = pcall(json.decode, text)
  if not ok then error(path .. ": " .. run, 0) end
  if type(run) ~= "table" or type(run.figures) ~= "table" or type(run.about) ~= "table" then
    error(path .. ": not a file of bench/run.sh --json", 0)
  end
  for name, figure in pairs(run.figures) do check_figure(string.format("%s: figure %s", path, name), figure) end
  return run
end

-- Raises why two runs say nothing about each other.
local function check_alike(old, new)
  if (old.quick or false) ~= (new.quick or false) then
    local is, other = old.quick and "OLD" or "NEW", old.quick and "NEW" or "OLD"
    error(string.format("%s was made with --quick, %s was not: the sizes of their workloads differ", is, other), 0)
  end
  if old.cpus ~= new.cpus then
    error(string.format("OLD was made with %s CPUs, NEW with %s: other machines have other figures", old.cpus or "?", new.cpus or "?"), 0)
  end
  if old.machine ~= new.machine then
    error(string.format("OLD was made on %s, NEW on %s: other machines have other figures", old.machine or "?", new.machine or "?"), 0)
  end
end

-- How much of its value a figure varied, as a share; an outlier among many rounds says nothing of their median.
local function spread(figure)
  local sorted = table.move(figure.samples, 1, #figure.samples, 1, {})
  table.sort(sorted)
  local outliers = #sorted // 7 -- at each end
  if figure.value == 0 then return 0 end
  return (sorted[#sorted - outliers] - sorted[1 + outliers]) / 2 / math.abs(figure.value)
end

local function noise(old, new)
  if #old.samples < 2 or #new.samples < 2 then return UNKNOWN_NOISE end
  return math.max(LEAST_NOISE, spread(old) + spread(new))
end

-- By how much it got worse, as a share of the old value, and what of that may be noise; negative: better.
local function loss(old, new)
  local more, margin = new.value - old.value, noise(old, new)
  if figures.more_is_better(old.unit) then more = -more end
  if old.value ~= 0 then return more / math.abs(old.value), margin end
  if math.abs(more) <= (old.high - old.low + new.high - new.low) / 2 then return 0, margin end
  return more > 0 and math.huge or -math.huge, margin
end

-- Whether a run has all rows that a figure needs. Runs of before rows were recorded have all.
local function has_rows(run, figure)
  local ran = {}
  for _, row in ipairs(run.about.rows or {}) do ran[row] = true end
  for _, row in ipairs(run.about.rows and figure.rows or {}) do
    if not ran[row] then return false end
  end
  return true
end

-- What became of a figure, as a word, and what of its change may be noise.
local function judge(name, old, new)
  if old.unit ~= new.unit then error(string.format("figure %s: in %s in OLD, in %s in NEW", name, old.unit, new.unit), 0) end
  local change, margin = loss(old, new)
  if math.abs(change) <= margin then return change > MOST_NOISE and "noisy" or "same", margin end
  if old.unit:match("^M?B$") then return change > 0 and "larger" or "smaller", margin end
  return change > 0 and "slower" or "faster", margin
end

local WORSE = { slower = true, larger = true, missing = true }

local function line(word, name, old, new_text, rest)
  print(string.format("%-8s %-24s %12s -> %12s %s%s", word, name, show.number(old.value), new_text, old.unit, rest))
end

-- Judges a figure and prints it if there is something to say. Returns the word.
local function compare(name, old, new, is_wanted)
  if not new and not is_wanted then return "left out" end
  if not new then
    line("missing", name, old, "none", "")
    return "missing"
  end
  local word, margin = judge(name, old, new)
  if word == "same" then return word end
  local by = (new.value - old.value) / math.abs(old.value) * 100
  line(word, name, old, show.number(new.value), old.value == 0 and "" or string.format(" (%+.0f %%, noise %.0f %%)", by, margin * 100))
  return word
end

local function own_names(run)
  local names = {}
  for name in pairs(run.figures) do
    if not name:find("@", 1, true) then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- Whether nothing got worse.
local function main(old_path, new_path)
  local old, new = read(old_path), read(new_path)
  check_alike(old.about, new.about)
  local names, counts, worse = own_names(old), { missing = 0, noisy = 0, ["left out"] = 0 }, 0
  for _, name in ipairs(names) do
    local figure = old.figures[name]
    local word = compare(name, figure, new.figures[name], has_rows(new, figure))
    counts[word] = (counts[word] or 0) + 1
    if WORSE[word] then worse = worse + 1 end
  end
  local compared = #names - counts.missing - counts["left out"]
  if compared == 0 then error("the two runs have no figure in common", 0) end
  local text = string.format("%d figures compared, %d worse", compared, worse)
  if counts.missing > 0 then text = text .. ", of these " .. counts.missing .. " missing" end
  if counts.noisy > 0 then text = text .. string.format("; %d noisy, measure again with more rounds", counts.noisy) end
  if counts["left out"] > 0 then text = text .. string.format("; %d not measured", counts["left out"]) end
  print(text)
  return worse == 0
end

local ok, result = pcall(main, arg[1], arg[2])
if not ok then io.stderr:write("compare: ", tostring(result), "\n") end
os.exit(ok and (result and 0 or 1) or 2)
