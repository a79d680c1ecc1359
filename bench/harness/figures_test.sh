#!/bin/sh
# SPDX-License-Identifier: MIT
# figures_test.sh: what is read of a run, and what becomes of the samples. Nothing is measured here but by measure.sh, of programs that sleep,
# compute and hold memory.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/expect.sh"
export LUA_PATH="$here/?.lua"

# In place of measure.sh: ten seconds, 1000 ticks of all CPUs, 300 idle, 100 waiting for disks; so 600 busy ones, 250 of them the program's.
# shellcheck disable=SC2016 # for the program
stand_in measure.sh 'cat "$1.lines"'
cat >7.lines <<'LINES'
BEFORE 5000000000 cpu  100 10 100 1000 50 5 5 30 77 77
STARTED 6000000000
RESULT hops 12.5 hops/s
RUNNING start 6250000000
CHECK 12
CHECKED
RESULT hops 12.5 hops/s
AFTER 15000000000 cpu  400 20 250 1300 150 15 15 150 99 99
USAGE 2500000 125000
EXIT 0
LINES
cat >read.lua <<'LUA'
local program = require("program")
local run = program.run("./measure.sh", ".", { "hops" }, 7)
for _, result in ipairs(run.results) do print(result.metric, result.value, result.unit) end
print("times", run.wall_ms, run.cpu_ms, run.peak_MB, run.foreign_percent, run.status)
print("said", table.concat(run.checks, ","), table.concat(run.wrong, ","))
LUA
expect 0 "times	10000.0	2500.0	128.0	35.0	0" lua5.3 read.lua
expect 0 "hops	12.5	hops/s" lua5.3 read.lua
expect 0 "start	250.0	ms" lua5.3 read.lua
expect 0 "said	12	RESULT hops 12.5 hops/s" lua5.3 read.lua
expect 0 "CHECKED" lua5.3 read.lua # passed on
sed -i 's/^EXIT 0/EXIT 3/; /^USAGE/d' 7.lines
expect 0 "times	nil	nil	nil	nil	3" lua5.3 read.lua
sed -i '/^EXIT/d' 7.lines
expect 0 "times	nil	nil	nil	nil	-1" lua5.3 read.lua
sed -i 's/^EXIT.*/EXIT 0/' 7.lines

# samples, extremes and medians; of a program the worst of load and memory. A factor pairs the samples of a round, if neither failed in it.
cat >factor.lua <<'LUA'
local figures = require("figures")
local collection = figures.new()
local function add(metric, runtime, round, value)
  local run = { wall_ms = 10 * value, cpu_ms = 2 * value, peak_MB = 3 * value, foreign_percent = value / 10 }
  run.results = { { metric = metric, value = value, unit = "ms" } }
  collection:add("row_" .. metric, runtime, run, round)
end
for round, value in ipairs({ 100, 600, 120 }) do add("one", "moonlet", round, value) end
add("two", "moonlet", 1, 50)
add("two", "moonlet", 3, 30) -- the second round failed
add("one", "go", 1, 100)
add("two", "go", 2, 50)      -- no round has both
for round, value in ipairs({ 3, 0, 5 }) do add("three", "go", round, value) end
for round, value in ipairs({ 6, 7, 20 }) do add("four", "go", round, value) end
local list = {
  { name = "factor", unit = "x cost", above = "one", below = "two" },
  { name = "other", unit = "x", above = "four", below = "three" },
}
collection:add_factors(list)
collection:add_factors(list) -- once is enough
collection:finish()
for _, figure in ipairs(collection.list) do
  print(figure.name, table.concat(figure.samples, " "), figure.value, figure.low, figure.high, figure.unit)
  print("rows of " .. figure.name, table.concat(figure.rows, " "))
end
for _, list in ipairs({ collection.list, collection.programs }) do
  for _, of in ipairs(list) do
    print("program of", of.name or of.row .. " in " .. of.runtime, of.wall_ms, of.cpu_ms, of.peak_MB, of.foreign_percent)
  end
end
LUA
# figure <line>
figure()
{
    expect 0 "$1" lua5.3 factor.lua
}

figure "one	100 600 120	120	100	600	ms"
figure "two	50 30	40.0	30	50	ms"
figure "one@go	100	100	100	100	ms"
figure "factor	2.0 4.0	3.0	2.0	4.0	x cost"
figure "other@go	2.0 4.0	3.0	2.0	4.0	x"
grep -q 'factor@go' output && echo "a factor of two rounds" && status=1
figure "rows of one	row_one"
figure "rows of other@go	row_four row_three"
figure "program of	one	1200	240	1800	60.0"
figure "program of	row_one in moonlet	1200	240	1800	60.0"
figure "program of	row_two in moonlet	400.0	80.0	150	5.0"
figure "program of	row_two in go	500	100	150	5.0"
figure "program of	factor	nil	nil	nil	nil"

cat >better.lua <<'LUA'
local figures = require("figures")
for _, unit in ipairs({ "hops/s", "round trips/s", "x", "MB/s", "ms", "B", "MB", "x cost" }) do io.write(tostring(figures.more_is_better(unit)), " ") end
LUA
expect 0 "true true true true false false false false" lua5.3 better.lua

# how it is shown: two tables, figures and programs, on a terminal in colours
cat >show.lua <<'LUA'
local figures, show = require("figures"), require("show")
local collection = figures.new()
local function add(row, runtime, value, unit, wall_ms, cpu_ms, peak_MB)
  local run = { wall_ms = wall_ms, cpu_ms = cpu_ms, peak_MB = peak_MB, foreign_percent = 1 }
  run.results = { { metric = row, value = value, unit = unit } }
  collection:add(row, runtime, run, 1)
end
add("rate", "moonlet", 2500, "/s", 1230, 2450, 1234)
add("rate", "go", 3000, "/s", 90, 4, 3.456)
add("time", "moonlet", 2.5, "ms", 60000, 120004, 12000)
collection:add("time", "moonlet", { results = {}, wall_ms = 60010, cpu_ms = 120006, peak_MB = 11, foreign_percent = 1 }, 2)
add("time", "floor", 1, "ms", 1, 1, 1)
add("time", "go", 3, "ms", 1, 1, 1)
collection:finish()
local about = { date = "now", commit = "x", machine = "y", cpus = 1, kernel = "z", rounds = 1, foreign_percent = 0, foreign_worst = 0 }
print((show.terminal(collection):gsub("\27%[(%d*)m", { ["0"] = ">", ["1"] = "<b ", ["32"] = "<own ", ["33"] = "<other " })))
print(show.markdown(collection, about))
LUA
lua5.3 show.lua >output
same "what is shown" "\
<b       moonlet     go  floor>
rate    2,500  <other 3,000>         /s
time  <own    2.50>   3.00   1.00  ms

Whole programs: wall time / CPU time / peak of memory.
<b                       moonlet                  go               floor>
rate      1.23 / 2.45 / 1,234  0.09 / 0.00 / 3.46                      s / s / MB
time  60.01 / 120.00 / 12,000  0.00 / 0.00 / 1.00  0.00 / 0.00 / 1.00  s / s / MB
now, commit x, y, 1 CPUs, Linux z; median of 1 round; foreign load 0 % of the machine, at worst 0 %.

| figure | unit | moonlet | go | floor |
|---|---|---:|---:|---:|
| \`rate\` | /s | 2,500 | **3,000** |  |
| \`time\` | ms | **2.50** | 3.00 | 1.00 |

Whole programs: wall time / CPU time / peak of memory.

| program | unit | moonlet | go | floor |
|---|---|---:|---:|---:|
| \`rate\` | s / s / MB | 1.23 / 2.45 / 1,234 | 0.09 / 0.00 / 3.46 |  |
| \`time\` | s / s / MB | 60.01 / 120.00 / 12,000 | 0.00 / 0.00 / 1.00 | 0.00 / 0.00 / 1.00 |" "$(cat output)"

# measure.sh and usage: time that a program sleeps is wall time only; what its children use is its own; how it ends is told
"$here/build.sh" "$work" || exit 1
export BENCH_BUILT="$work"
cat >truth.lua <<'LUA'
local program, measure = require("program"), arg[1]
local function run(script) return program.run(measure, ".", { "sh", "-c", script .. "; echo RESULT a 1 s" }, 60) end
local function check(what, is_true) if not is_true then print("wrong: " .. what) end end
local computing = [[lua5.3 -e 'local t = os.clock() while os.clock() - t < 0.3 do end']]
local large = [[lua5.3 -e 'local text = ("x"):rep(100 * 1024 * 1024) assert(#text > 0)']]
local sleeping, busy = run("sleep 0.5"), run(computing .. "; " .. computing)
check("wall time of a sleep", sleeping.wall_ms >= 500 and sleeping.wall_ms < 60000)
check("CPU time of a sleep", sleeping.cpu_ms < 300 and sleeping.cpu_ms > 0)
check("CPU time of two children", busy.cpu_ms >= 600 and busy.cpu_ms < 2000)
check("wall time of two children", busy.wall_ms >= 600)
check("load", busy.foreign_percent >= 0 and busy.foreign_percent <= 100)
check("small memory", sleeping.peak_MB > 0.5 and sleeping.peak_MB < 50)
local much = run(large .. "; " .. large)
check("much memory", much.peak_MB > 104 and much.peak_MB < 300)
for script, status in pairs({ ["exit 3"] = 3, ["kill -TERM $$"] = 143, ["exec no_such_program"] = 127 }) do
  check(script, run(script).status == status)
end
check("too long", program.run(measure, ".", { "sleep", "30" }, 0.1).status == 124)
print("told")
LUA
expect 0 "told" lua5.3 truth.lua "$here/measure.sh"
grep 'wrong: ' output && status=1
exit $status
