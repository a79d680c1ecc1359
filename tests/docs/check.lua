-- SPDX-License-Identifier: MIT
-- check.lua <moonlet> <page.md> <work directory>: runs the code blocks of a page of the manual, see README.md beside this file.
-- Prints what is wrong, with the line of the block; the exit status says whether all is well.
local moonlet, page, work = arg[1], arg[2], arg[3]
local slowness = tonumber(os.getenv("SLOWNESS") or 1)
local LIMIT = 20 -- seconds a block may take
local MODULES = "io, time, json, funcs, events, pg, ctx, logger, metrics, system, env, uuid, registry"
local problems = 0

local function complain(line, text)
  problems = problems + 1
  io.stdout:write(string.format("%s:%d: %s\n", page, line, text))
end

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function write(path, text)
  os.execute("mkdir -p " .. quote(path:match("^(.*)/")))
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

-- The fenced blocks of the page: {language, info = {word = value or true}, text, line}.
local function blocks_of(text)
  local blocks, block, number = {}, nil, 0
  for line in (text .. "\n"):gmatch("(.-)\n") do
    number = number + 1
    local words = line:match("^```(.*)$")
    if block and words then
      blocks[#blocks + 1], block = block, nil
    elseif block then
      block.text = block.text .. line .. "\n"
    elseif words then
      block = { language = words:match("^%S*"), info = {}, text = "", line = number }
      for word in words:match("^%S*(.*)$"):gmatch("%S+") do
        local key, value = word:match("^(%w+)=(.*)$")
        block.info[key or word] = value or true
      end
    end
  end
  if block then complain(block.line, "this block has no end") end
  return blocks
end

-- Runs a command in a directory; returns its standard output with the exit status behind it if that is not 0.
local function run(directory, command)
  local line = string.format("cd %s && PATH=%s:$PATH timeout -k 5 %d sh -c %s 2>%s </dev/null; echo \"status $?\"", quote(directory),
    quote(moonlet:match("^(.*)/")), LIMIT * slowness, quote(command), quote(work .. "/stderr"))
  local pipe = io.popen(line)
  local output, status = pipe:read("a"):match("^(.*)status (%d+)\n$")
  pipe:close()
  if status ~= "0" then output = output .. "exit status " .. status .. "\n" .. read(work .. "/stderr") end
  return output
end

local function lines_of(text)
  local lines = {}
  for line in text:gmatch("(.-)\n") do lines[#lines + 1] = line end
  return lines
end

-- Is `got` what `want` says? A line "..." stands for any lines.
local function matches(want, got, w, g)
  w, g = w or 1, g or 1
  while w <= #want do
    if want[w] == "..." then
      for next_g = g, #got + 1 do
        if matches(want, got, w + 1, next_g) then return true end
      end
      return false
    end
    if want[w] ~= got[g] then return false end
    w, g = w + 1, g + 1
  end
  return g > #got
end

local function compare(block, want, got)
  if matches(lines_of(want), lines_of(got)) then return end
  complain(block.line, "the output differs")
  io.stdout:write("  expected:\n", (want:gsub("[^\n]+", "    %0")), "  got:\n", (got:gsub("[^\n]+", "    %0")))
end

local INDEX = [[
version: "1.0"
namespace: doc
entries:
  - {name: terminal, kind: terminal.host, lifecycle: {auto_start: true}}
  - {name: processes, kind: process.host, lifecycle: {auto_start: true}}
  - {name: main, kind: process.lua, source: file://doc_main.lua, method: main, modules: [%s], imports: {%s}}
]]

-- A lua block is the body of a process beside the files of the page, which are in `project`.
local function run_body(block, project, want)
  local copy = work .. "/body"
  os.execute("rm -rf " .. quote(copy) .. " && cp -r " .. quote(project) .. " " .. quote(copy))
  write(copy .. "/src/doc.yaml", INDEX:format(MODULES, (block.info.imports or ""):gsub("=", ": "):gsub(",", ", ")))
  write(copy .. "/src/doc_main.lua", "local function main() " .. block.text .. "\nend\nreturn { main = main }\n")
  compare(block, want, run(copy, "moonlet run -x doc:main --host doc:terminal"))
end

-- A console block: "$ command" lines, each followed by what it prints.
local function run_console(block, project)
  local command, want
  local function finish()
    if command then compare(block, want, run(project, command)) end
  end
  for line in block.text:gmatch("(.-)\n") do
    if line:match("^%$ ") then
      finish()
      command, want = line:sub(3), ""
    else
      want = (want or "") .. line .. "\n"
    end
  end
  finish()
end

-- A fragment need not run by itself, but it must be Lua.
local function check_fragment(block)
  write(work .. "/fragment/src/f.lua", block.text)
  write(work .. "/fragment/src/_index.yaml",
    'version: "1.0"\nnamespace: doc\nentries:\n  - {name: f, kind: library.lua, source: file://f.lua}\n')
  local output = run(work .. "/fragment", "moonlet lint --no-color")
  if output:find("exit status", 1, true) then complain(block.line, output) end
end

local function check(blocks)
  local project, files = work .. "/project", 0
  os.execute("mkdir -p " .. quote(project .. "/src"))
  for i, block in ipairs(blocks) do
    local following = blocks[i + 1]
    if block.info.file then
      write(project .. "/" .. block.info.file, block.text)
      files = files + 1
    elseif block.language == "lua" and block.info.fragment then
      check_fragment(block)
    elseif block.language == "lua" then
      run_body(block, project, following and following.language == "text" and following.info.output and following.text or "")
    elseif block.language == "console" then
      run_console(block, project)
    end
  end
end

check(blocks_of(read(page)))
os.exit(problems == 0)
