-- SPDX-License-Identifier: MIT
-- project.lua <area> <work> <name>...: for each test writes the project <work>/<name> that run_one.sh runs, from
-- <area>/<name>.lua and <area>/lib/*. README.md beside this file says what the header comments mean.

local area, work = arg[1], arg[2]

-- Under ThreadSanitizer the number in "1000 --[[tsan: 100]]" is the second.
local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  if os.getenv("SANITIZE") == "thread" then text = text:gsub("%d+( %-%-%[%[tsan: (%d+)%]%])", "%2%1") end
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

-- The "-- key: value" lines before the first line that is no comment. A key given several times has several values.
local function header_of(text)
  local header = setmetatable({}, { __index = function() return {} end })
  for line in text:gmatch("[^\n]*") do
    if line ~= "" and not line:find("^%s*%-%-") then break end
    local key, value = line:match("^%-%-%s*([%a-]+):%s?(.*)$")
    if key then
      local values = rawget(header, key) or {}
      values[#values + 1] = value
      header[key] = values
    end
  end
  return header
end

-- "-- expect: text" anywhere: the lines of standard output, in order.
local function expected_output(text)
  local lines = {}
  for line in ("\n" .. text):gmatch("%-%- expect: ([^\n]*)") do
    lines[#lines + 1] = line .. "\n"
  end
  return table.concat(lines)
end

local function each_item(values, action)
  for _, value in ipairs(values) do
    for item in value:gmatch("[^,%s]+") do action(item) end
  end
end

-- The YAML of one entry whose source is at `path` under src/.
local function entry(name, path, text)
  local header = header_of(text)
  local kind = header.kind[1] or "process.lua"
  local lines = {
    "  - name: " .. name,
    "    kind: " .. kind,
    "    source: file://" .. path,
  }
  local method = header.method[1] or (kind ~= "library.lua" and "main") or "none"
  if method ~= "none" then lines[#lines + 1] = "    method: " .. method end
  local modules, imports = {}, {}
  each_item(header.modules, function(item) modules[#modules + 1] = item end)
  each_item(header.imports, function(item)
    local alias, id = item:match("^(.-)=(.+)$")
    imports[#imports + 1] = string.format("%s: %q", alias, id)
  end)
  if #modules > 0 then lines[#lines + 1] = "    modules: [" .. table.concat(modules, ", ") .. "]" end
  if #imports > 0 then lines[#lines + 1] = "    imports: {" .. table.concat(imports, ", ") .. "}" end
  for _, yaml in ipairs(header.yaml) do lines[#lines + 1] = "    " .. yaml end
  return table.concat(lines, "\n") .. "\n"
end

-- A test without a return statement at the left margin is a plain script: its text is the body of the entry point.
local function as_chunk(text)
  if ("\n" .. text):find("\nreturn[%s({]") then return text end
  return "return function(...) " .. text .. "\nend\n"
end

local index_head = [[
version: "1.0"
namespace: test
entries:
  - name: terminal
    kind: terminal.host
    lifecycle: {auto_start: true}
  - name: processes
    kind: process.host
    lifecycle: {auto_start: true}
]]

-- The files of <area>/lib are the same for all tests of the area.
local lib_entries, lib_files = {}, {}
local listing = io.popen("ls '" .. area .. "/lib' 2>/dev/null")
for file in listing:lines() do
  local text = read(area .. "/lib/" .. file)
  local name = file:match("^(.*)%.lua$")
  if name then
    lib_entries[#lib_entries + 1] = entry(name, "lib/" .. file, text)
    if header_of(text).kind[1] ~= "library.lua" then text = as_chunk(text) end
  end
  lib_files[file] = text
end
listing:close()

local function write_project(name)
  local text = read(area .. "/" .. name .. ".lua")
  local header = header_of(text)
  local project = work .. "/" .. name
  write(project .. "/src/_index.yaml", index_head .. entry("main", "main.lua", text) .. table.concat(lib_entries))
  write(project .. "/src/main.lua", as_chunk(text))
  for file, content in pairs(lib_files) do write(project .. "/src/lib/" .. file, content) end
  write(project .. "/want_stdout", expected_output(text))
  local want_stderr = header["expect-stderr"]
  write(project .. "/want_stderr", table.concat(want_stderr, "\n") .. (#want_stderr > 0 and "\n" or ""))
  local stdin = header.stdin
  write(project .. "/stdin", table.concat(stdin, "\n") .. (#stdin > 0 and "\n" or ""))
  write(project .. "/settings", string.format("limit=%s\nwant_exit=%s\nflags='%s'\nsetenv='%s'\n", header.timeout[1] or "",
    header["expect-exit"][1] or "", table.concat(header.flags, " "), table.concat(header.environment, " ")))
end

for i = 3, #arg do write_project(arg[i]) end
