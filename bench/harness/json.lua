-- SPDX-License-Identifier: MIT
-- json: writes the figures of a run so that people can read them, a line each, and reads any JSON text.
local json = {}

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t" }

local function number(value)
  if math.type(value) == "integer" or value == math.floor(value) and math.abs(value) < 1e15 then return string.format("%d", value) end
  return (string.format("%.3f", value))
end

local function value_text(value)
  if type(value) == "number" then return number(value) end
  if type(value) == "boolean" then return tostring(value) end
  if type(value) == "string" then return '"' .. value:gsub('[%c"\\]', function(c) return escapes[c] or " " end) .. '"' end
  local parts = {}
  for i, part in ipairs(value) do parts[i] = value_text(part) end
  return "[" .. table.concat(parts, ", ") .. "]"
end

-- The fields of a record in this order, in one line.
local function record(value, fields)
  local parts = {}
  for _, field in ipairs(fields) do
    if value[field] ~= nil then parts[#parts + 1] = string.format('"%s": %s', field, value_text(value[field])) end
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

local ABOUT = { "date", "commit", "machine", "cpus", "kernel", "versions", "rows", "rounds", "quick", "foreign_percent", "foreign_worst" }
local FIGURE = { "rows", "value", "unit", "low", "high", "samples", "cpu_ms", "wall_ms", "peak_MB", "foreign_percent" }

-- The text of a run: {"about": {…}, "figures": {name: {…}}}
function json.encode(collection, about)
  local lines = {}
  for i, figure in ipairs(collection.list) do lines[i] = string.format('    "%s": %s', figure.name, record(figure, FIGURE)) end
  return '{\n  "about": ' .. record(about, ABOUT) .. ',\n  "figures": {\n' .. table.concat(lines, ",\n") .. "\n  }\n}\n"
end

local decode

local function fail(text, at) error(string.format("not JSON at byte %d: %s", at, text:sub(at, at + 20)), 0) end

local unescapes = { n = "\n", t = "\t", r = "\r", b = "\b", f = "\f" }

local function decode_string(text, at)
  local parts = {}
  at = at + 1
  while true do
    local plain, stop = text:match('^([^"\\]*)()', at)
    parts[#parts + 1] = plain
    if text:sub(stop, stop) == '"' then return table.concat(parts), stop + 1 end
    local code = text:match("^\\u(%x%x%x%x)", stop)
    local char = text:match("^\\([^u])", stop)
    if not code and not char then fail(text, stop) end
    parts[#parts + 1] = code and utf8.char(tonumber(code, 16)) or unescapes[char] or char
    at = stop + (code and 6 or 2)
  end
end

-- The elements of an array or object that begins at `at`; `element` reads one and stores it.
local function decode_list(text, at, close, element)
  at = text:match("^%s*()", at + 1)
  if text:sub(at, at) == close then return at + 1 end
  while true do
    at = text:match("^%s*()", element(at))
    local mark = text:sub(at, at)
    if mark == close then return at + 1 end
    if mark ~= "," then fail(text, at) end
    at = text:match("^%s*()", at + 1)
  end
end

local function decode_array(text, at)
  local list = {}
  at = decode_list(text, at, "]", function(from)
    local value, next_at = decode(text, from)
    list[#list + 1] = value
    return next_at
  end)
  return list, at
end

local function decode_object(text, at)
  local object = {}
  at = decode_list(text, at, "}", function(from)
    if text:sub(from, from) ~= '"' then fail(text, from) end
    local key, after = decode_string(text, from)
    local start = text:match("^%s*:()", after) or fail(text, after)
    local value, next_at = decode(text, start)
    object[key] = value
    return next_at
  end)
  return object, at
end

local names = { ["true"] = true, ["false"] = false }

function decode(text, at)
  at = text:match("^%s*()", at)
  local first = text:sub(at, at)
  if first == "{" then return decode_object(text, at) end
  if first == "[" then return decode_array(text, at) end
  if first == '"' then return decode_string(text, at) end
  local digits, after = text:match("^(-?%d[%d.eE+-]*)()", at)
  if digits and tonumber(digits) then return tonumber(digits), after end
  local name = text:match("^%a+", at)
  if name ~= "null" and names[name] == nil then fail(text, at) end
  return names[name], at + #name
end

-- The value of a JSON text; raises a text that says where it is wrong.
function json.decode(text)
  local value, at = decode(text, 1)
  at = text:match("^%s*()", at)
  if at <= #text then fail(text, at) end
  return value
end

return json
