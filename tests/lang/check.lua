-- SPDX-License-Identifier: MIT
-- check.lua <eraser> <work directory> <seed> <count> [file]...: the front end against stock Lua.
--
--   1. Each file, and each generated program without types: accepted, and left as it is.
--   2. Each generated program with types: what is left of it compiles to the very code (with line numbers) of the program without
--      them, and prints the same, errors with their lines included.
--   3. Mutations of all of these: accepted exactly if stock Lua accepts them, unless they have become typed.

local eraser, work, seed, count = arg[1], arg[2], tonumber(arg[3]), tonumber(arg[4])
local here = arg[0]:match("^(.*)/") or "."
local generate = dofile(here .. "/generate.lua")
local mutate = dofile(here .. "/mutate.lua")
local failures = 0

local function fail(name, ...)
  failures = failures + 1
  if failures <= 10 then
    print("FAIL " .. name .. ": " .. string.format(...))
  end
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

---- running ----

-- tostring without addresses, so that two runs print the same
local function text(...)
  local list = table.pack(...)
  for i = 1, list.n do
    local kind = type(list[i])
    list[i] = (kind == "table" or kind == "function") and kind or tostring(list[i])
  end
  return table.concat(list, " ")
end

-- Everything that the program prints, and how it ended.
local function run(code)
  local lines = {}
  local env = {
    pcall = pcall,
    select = select,
    text = text,
    print = function(...)
      lines[#lines + 1] = text(...)
    end,
  }
  local chunk = assert(load(code, "=program", "t", env))
  lines[#lines + 1] = text(pcall(chunk))
  return table.concat(lines, "\n")
end

---- 1 and 2 ----

local paths, checks = {}, {}

local function add(path, check)
  paths[#paths + 1] = path
  checks[#checks + 1] = check
end

local function check_plain(path, answer)
  if answer ~= "plain" then
    fail(path, "%s", answer)
  elseif read(path) ~= read(path .. ".erased") then
    fail(path, "plain Lua was changed")
  end
end

local function check_typed(plain)
  return function(path, answer)
    if answer ~= "typed" and answer ~= "plain" then
      return fail(path, "%s", answer)
    end
    local erased = read(path .. ".erased")
    local chunk, problem = load(erased, "=program", "t")
    if not chunk then
      fail(path, "what is left is no Lua: %s", problem)
    elseif string.dump(chunk) ~= string.dump(assert(load(plain, "=program", "t"))) then
      fail(path, "the code differs from that of the program without types")
    elseif run(erased) ~= run(plain) then
      fail(path, "prints something else")
    end
  end
end

local sources = {}

for i = 5, #arg do
  local path = string.format("%s/file%d.lua", work, i)
  local source = read(arg[i])
  if load(source, "=x", "t") then
    write(path, source)
    add(path, check_plain)
    sources[#sources + 1] = source
  end
end

for i = 1, count do
  local typed, plain = generate(seed * 100000 + i, 1 + i % 6)
  local path = string.format("%s/typed%d.lua", work, i)
  write(path, typed)
  add(path, check_typed(plain))
  path = string.format("%s/plain%d.lua", work, i)
  write(path, plain)
  add(path, check_plain)
  sources[#sources + 1] = plain
end

---- 3 ----

-- Limits of the compiler behind the parser.
local function is_limit(problem)
  return problem:find("limit is") or problem:find("too many registers") or problem:find("overflow")
end

local accepted = 0

local function check_mutation(path, answer)
  local chunk, problem = loadfile(path, "t")
  if chunk then
    accepted = accepted + 1
    -- wrapped: string(x), table(x) and the like, which Lua accepts and cannot run. typed: a first line for the shell; or `a = b as (c)`
    -- in one line, a cast, where Lua calls a function `as`.
    local source = read(path)
    local is_skipped = answer == "typed" and source:find("^#")
    local is_cast = answer == "typed" and source:find("%S[ \t]*%f[%w_]as%s*[({'\"%[]")
    if answer ~= "plain" and answer ~= "wrapped" and not is_skipped and not is_cast then
      fail(path, "Lua accepts it: %s", answer)
    end
  elseif answer == "plain" and not is_limit(problem) then
    fail(path, "Lua refuses it: %s", problem)
  end
end

mutate.start(seed)
for i = 1, 4 * count do
  local path = string.format("%s/mutation%d.lua", work, i)
  write(path, mutate.source(sources))
  add(path, check_mutation)
end

---- ask the front end ----

write(work .. "/list", table.concat(paths, "\n") .. "\n")
local answers = assert(io.popen(string.format("'%s' '%s/list'", eraser, work)))
local number = 0
for answer in answers:lines() do
  number = number + 1
  checks[number](paths[number], answer)
end
if not answers:close() or number ~= #paths then
  fail("eraser", "stopped at %s", paths[number + 1])
end
print(string.format("seed %d: %d programs, %d mutations (%d of them good), %d failures", seed, #paths - 4 * count, 4 * count,
  accepted, failures))
if accepted < count // 4 or accepted > 4 * count - count // 4 then
  fail("mutations", "too few are good or bad to mean anything")
end
os.exit(failures == 0)
