-- SPDX-License-Identifier: MIT
-- workloads: reads `table`. A row is
--
--   {name, full = words, tiny = words, beside = words, megabytes, is_large, is_within}
--
-- The first word of `full` and `tiny` may be a setting: workers=N.
local workloads = {}

local function words(text)
  local list = {}
  for word in text:gmatch("%S+") do list[#list + 1] = word end
  return list
end

local function parse(line)
  local fields = {}
  for field in (line .. "|"):gmatch("([^|]*)|") do fields[#fields + 1] = field:match("^%s*(.-)%s*$") end
  local mark, name = fields[1]:match("^([+-]?)([%w_]+)$")
  return {
    name = assert(name, "bad line in the table of benchmarks: " .. line),
    is_large = mark == "+",
    is_within = mark == "-", -- a large row has its figures, too
    full = words(fields[2]),
    tiny = words(fields[3]),
    beside = words(fields[4] or ""),
    megabytes = math.tointeger(tonumber(fields[5])), -- nil: it needs little
  }
end

local function is_usual(row, with_large) return with_large and not row.is_within or not with_large and not row.is_large end

-- All rows of a file, in its order.
function workloads.read(path)
  local rows = {}
  for line in io.lines(path) do
    if line:match("^[+-]?[%w_]") then rows[#rows + 1] = parse(line) end
  end
  return rows
end

-- The rows with these names; with no names all rows, of which large ones only if wanted, and then none that is within one. nil and the bad name when
-- there is none of that name.
function workloads.select(rows, names, with_large)
  local chosen, known, wanted = {}, {}, {}
  for _, name in ipairs(names) do wanted[name] = true end
  for _, row in ipairs(rows) do
    known[row.name] = true
    if wanted[row.name] or (#names == 0 and is_usual(row, with_large)) then chosen[#chosen + 1] = row end
  end
  for _, name in ipairs(names) do
    if not known[name] then return nil, name end
  end
  return chosen
end

return workloads
