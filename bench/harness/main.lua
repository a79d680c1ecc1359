-- SPDX-License-Identifier: MIT
-- main: main.lua <bench folder> [option]... [name]..., see ../run.sh. Runs the rows of the table and shows the figures.
-- Exit status: 1 when a benchmark failed, 2 when it was called wrongly.
package.path = arg[0]:gsub("[^/]*$", "?.lua") .. ";" .. package.path
local about, html, json, show = require("about"), require("html"), require("json"), require("show")
local factors, figures, lending = require("factors"), require("figures"), require("lending")
local program, workloads = require("program"), require("workloads")

local bench = arg[1]
local moonlet, built = os.getenv("MOONLET"), os.getenv("BENCH_BUILT")
local on_terminal = os.getenv("BENCH_COLUMNS") ~= "0"
local SECONDS = 300 * (tonumber(os.getenv("SLOWNESS") or "") or 1) -- a program may run so long

local FLAGS = { peers = true, quick = true, full = true, list = true }
local VALUES = { json = true, html = true, markdown = true, rounds = true }

local function bad_call(text)
  io.stderr:write("run.sh: ", text, "\n")
  os.exit(2)
end

local function parse(words)
  local options, i = { names = {} }, 1
  while words[i] do
    local name = words[i]:match("^%-%-(.+)$")
    if not name then
      if words[i]:match("^%-") then bad_call("unknown option " .. words[i]) end
      table.insert(options.names, words[i])
    elseif FLAGS[name] then
      options[name] = true
    elseif VALUES[name] and words[i + 1] then
      options[name] = words[i + 1]
      i = i + 1
    else
      bad_call(VALUES[name] and words[i] .. " needs a value" or "unknown option " .. words[i])
    end
    i = i + 1
  end
  options.rounds = options.quick and 1 or math.tointeger(tonumber(options.rounds or 3))
  if not options.rounds or options.rounds < 1 then bad_call("--rounds: must be a number from 1") end
  return options
end

local function exists(path)
  local file = io.open(path)
  if file then file:close() end
  return file ~= nil
end

-- Takes workers=N off the front of the words.
local function settings(words)
  local workers = words[1] and words[1]:match("^workers=(%d+)$")
  return workers, table.move(words, workers and 2 or 1, #words, 1, {})
end

local function appended(command, words)
  table.move(words, 1, #words, #command + 1, command)
  return command
end

-- What runs a row in one runtime: its folder and the words of the command.
local commands = {}

-- an application; or `micro <name> <arguments>`, a module of moonlet by itself
function commands.moonlet(words)
  local workers, rest = settings(words)
  if rest[1] == "micro" then return bench, appended({ "micro/run.sh", built }, table.move(rest, 2, #rest, 1, {})) end
  local command = { moonlet, "run" }
  if workers then appended(command, { "--workers", workers }) end
  return bench .. "/apps/" .. rest[1], appended(command, rest)
end

function commands.erlang(words)
  local workers, rest = settings(words)
  local command = { "erl", "+P", "3000000" }
  if workers then appended(command, { "+S", workers .. ":" .. workers }) end
  return bench, appended(appended(command, { "-noshell", "-pa", built, "-run", "bench", "main" }), rest)
end

function commands.go(words)
  local workers, rest = settings(words)
  local command = workers and { "env", "GOMAXPROCS=" .. workers } or {}
  return bench, appended(appended(command, { built .. "/gobench" }), rest)
end

-- peers/lua/<app>.lua in the stand-alone interpreter, with the arguments of the application
commands["lua5.3"] = function(words)
  local workers, rest = settings(words)
  local command = { "lua5.3", "peers/lua/" .. rest[1] .. ".lua" }
  if workers then command[#command + 1] = workers end
  return bench, appended(command, table.move(rest, 2, #rest, 1, {}))
end

-- the same work by hand in C: what it costs at least
function commands.floor(words)
  local _, rest = settings(words)
  return bench, appended({ built .. "/floor" }, rest)
end

local status = 0

local function failed(text)
  io.stderr:write("failed: ", text, "\n")
  status = 1
end

-- A peer that could not be built is left out; build.sh has said so.
local PEERS = { erlang = "/bench.beam", go = "/gobench" }

-- The runtimes that run a row.
local function runtimes_of(row, options)
  local list = { "moonlet" }
  for _, name in ipairs(row.beside) do
    assert(commands[name], "unknown runtime in the table of benchmarks: " .. name)
    if not PEERS[name] or (options.peers and exists(built .. PEERS[name])) then list[#list + 1] = name end
  end
  return list
end

local function build_floor()
  if not os.execute(string.format("'%s/floor/build.sh' '%s'", bench, built)) then failed("floor") end
end

-- A row that needs much new memory finds it lent by the host, whichever program comes first; a quick one goes the same way with little.
local function lend(row, options)
  if not row.megabytes then return end
  local wanted = options.quick and 1 or row.megabytes
  if not lending.touch(built .. "/floor", lending.bounded(wanted, lending.available())) then failed("floor lend " .. wanted) end
end

-- What is wrong with a run that ended well; nil if nothing is. What it checked must be what the others of its row checked, and its figures
-- have the units that they have elsewhere.
local function problem_of(run, collection, checks)
  if run.wrong[1] then return "wrong line: " .. run.wrong[1] end
  if #run.results == 0 then return "no figure" end
  for _, check in ipairs(run.checks) do
    checks[1] = checks[1] or check
    if check ~= checks[1] then return string.format("computed something else: %s, not %s", check, checks[1]) end
  end
  for _, result in ipairs(run.results) do
    local unit = collection:unit(result.metric) or result.unit
    if result.unit ~= unit then return string.format("%s in %s, elsewhere in %s", result.metric, result.unit, unit) end
  end
end

-- One program once; its figures count if nothing is wrong with them. Where memory matters, its peak is a figure too.
local function run_once(row, runtime, words, round, collection, checks)
  local folder, command = commands[runtime](words)
  local run = program.run(bench .. "/harness/measure.sh", folder, command, SECONDS)
  local problem = run.status ~= 0 and "status " .. run.status or problem_of(run, collection, checks)
  if problem then
    failed(string.format("%s: %s: %s", figures.name(row.name, runtime), table.concat(command, " "), problem))
    return
  end
  if row.megabytes then table.insert(run.results, { metric = row.name .. "_peak", value = run.peak_MB, unit = "MB" }) end
  collection:add(row.name, runtime, run, round)
end

-- The runtimes of a row in the order of a round: the table's, each round begins one further on, so that nobody always comes first.
local function in_turn(runtimes, round)
  local list = {}
  for i = 1, #runtimes do list[i] = runtimes[(round + i - 2) % #runtimes + 1] end
  return list
end

local function run_row(row, options, collection)
  local words, runtimes, checks = options.quick and row.tiny or row.full, runtimes_of(row, options), {}
  for round = 1, options.rounds do
    for _, runtime in ipairs(in_turn(runtimes, round)) do
      if on_terminal then io.stderr:write(string.format("\r\27[K%s  %d/%d  %s ", row.name, round, options.rounds, runtime)) end
      lend(row, options)
      run_once(row, runtime, words, round, collection, checks)
    end
  end
  if on_terminal then io.stderr:write("\r\27[K") end
end

local function write(path, text)
  local file, err = io.open(path, "w")
  if not file then return failed(err) end
  file:write(text)
  file:close()
end

local function note_load(run)
  if run.foreign_worst > 10 then
    io.stderr:write(string.format("note: others used %d %% of the machine meanwhile, at worst %d %%; the figures are noisy\n",
      run.foreign_percent // 1, run.foreign_worst // 1))
  end
end

local function report(rows, collection, options)
  local run = about.gather(options, rows, collection)
  if on_terminal then print(show.terminal(collection)) end
  if options.json then write(options.json, json.encode(collection, run)) end
  if options.html then write(options.html, html.page(collection, run)) end
  if options.markdown then write(options.markdown, show.markdown(collection, run)) end
  if not options.quick then note_load(run) end
end

local function main()
  local options = parse(table.move(arg, 2, #arg, 1, {}))
  local rows, unknown = workloads.select(workloads.read(bench .. "/table"), options.names, options.full)
  if not rows then bad_call("no benchmark is named " .. unknown) end
  if options.list then
    for _, row in ipairs(rows) do print(row.name) end
    return
  end
  for _, row in ipairs(rows) do
    if row.megabytes or table.concat(row.beside, " "):find("floor", 1, true) then
      build_floor()
      break
    end
  end

  local collection = figures.new()
  for _, row in ipairs(rows) do
    local shown = #collection.list
    run_row(row, options, collection)
    collection:add_factors(factors)
    collection:finish()
    if not on_terminal then
      for i = shown + 1, #collection.list do print(show.line(collection.list[i])) end
      io.stdout:flush()
    end
  end
  report(rows, collection, options)
end

local function explain(err) return tostring(err):find("interrupted!", 1, true) and "interrupted" or debug.traceback(err, 2) end

local ok, problem = xpcall(main, explain)
if not ok then failed(problem) end
os.exit(status)
