-- SPDX-License-Identifier: MIT
-- compare: compare.lua OLD.json NEW.json, see ../compare.sh.
--
-- A figure counts as changed when its median moved by more than the noise: what both runs varied by themselves (half of what lies between
-- their extremes, added up), and never less than 5 %; 25 % when one of them has a single sample, for that says nothing about its spread.
-- Figures of other runtimes are not judged: they say how the machine was.
package.path = arg[0]:gsub("[^/]*$", "?.lua") .. ";" .. package.path
local figures, json, show = require("figures"), require("json"), require("show")

local LEAST_NOISE, UNKNOWN_NOISE = 0.05, 0.25

local function read(path)
  local file, err = io.open(path)
  if not file then error(err, 0) end
  local text = file:read("a")
  file:close()
  local ok, run = pcall(json.decode, text)
  if not ok then error(path .. ": " .. run, 0) end
  if type(run) ~= "table" or type(run.figures) ~= "table" then error(path .. ": not a file of bench/run.sh --json", 0) end
  return run
end

local function noise(old, new)
  if #old.samples < 2 or #new.samples < 2 then return UNKNOWN_NOISE end
  return math.max(LEAST_NOISE, figures.spread(old) + figures.spread(new))
end

-- By how much it got worse, as a share of the old value; negative: better.
local function loss(old, new)
  if figures.more_is_better(old.unit) then return (old.value - new.value) / math.abs(old.value) end
  return (new.value - old.value) / math.abs(old.value)
end

local function judge(name, old, new)
  if old.value == 0 or old.unit ~= new.unit then return nil end
  local change, margin = loss(old, new), noise(old, new)
  if math.abs(change) <= margin then return nil end
  local word = change > 0 and "slower" or "faster"
  if old.unit == "B" then word = change > 0 and "larger" or "smaller" end
  print(string.format("%-8s %-24s %12s -> %12s %s (%+.0f %%, noise %.0f %%)", word, name, show.number(old.value),
    show.number(new.value), old.unit, (new.value - old.value) / math.abs(old.value) * 100, margin * 100))
  return change > 0
end

local function main(old_path, new_path)
  local old, new = read(old_path), read(new_path)
  local names, worse = {}, 0
  for name in pairs(new.figures) do
    if old.figures[name] and not name:find("@", 1, true) then names[#names + 1] = name end
  end
  if #names == 0 then error("the two runs have no figure in common", 0) end
  table.sort(names)
  for _, name in ipairs(names) do
    if judge(name, old.figures[name], new.figures[name]) then worse = worse + 1 end
  end
  print(string.format("%d figures compared, %d worse", #names, worse))
  return worse == 0
end

local ok, result = pcall(main, arg[1], arg[2])
if not ok then io.stderr:write("compare: ", tostring(result), "\n") end
os.exit(ok and (result and 0 or 1) or 2)
