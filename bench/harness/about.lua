-- SPDX-License-Identifier: MIT
-- about: where and when a run was made.
local figures = require("figures")

local about = {}

local function output(command)
  local pipe = io.popen(command .. " 2>&1")
  local line = pipe:read("l")
  pipe:close()
  return line or ""
end

local function machine()
  for line in io.lines("/proc/cpuinfo") do
    local name = line:match("^model name%s*:%s*(.-)%s*$")
    if name then return name end
  end
  return output("uname -m")
end

local version_of = {
  erlang = function() return "Erlang/OTP " .. output([[erl -noshell -eval 'io:format("~s~n", [erlang:system_info(otp_release)]), halt().']]) end,
  go = function() return output("go version") end,
  ["lua5.3"] = function() return (output("lua5.3 -v"):match("^%S+ %S+")) end,
}

local function versions(collection)
  local list = {}
  for _, runtime in ipairs(collection:runtimes()) do
    if version_of[runtime] then list[#list + 1] = version_of[runtime]() end
  end
  return list
end

-- {date, commit, machine, cpus, kernel, versions, rows, rounds, quick, foreign_percent, foreign_worst}: rows: the names of those that were run;
-- foreign_percent: the median of all programs
function about.gather(options, rows, collection)
  local names, loads = {}, { 0 }
  for i, row in ipairs(rows) do names[i] = row.name end
  for i, program in ipairs(collection.programs) do loads[i] = program.foreign_percent end
  return {
    date = os.date("!%Y-%m-%d %H:%M UTC"),
    commit = os.getenv("BENCH_COMMIT"),
    machine = machine(),
    cpus = math.tointeger(tonumber(output("nproc"))),
    kernel = output("uname -r"),
    versions = versions(collection),
    rows = names,
    rounds = options.rounds,
    quick = options.quick or false,
    foreign_percent = figures.median(loads),
    foreign_worst = math.max(table.unpack(loads)),
  }
end

return about
