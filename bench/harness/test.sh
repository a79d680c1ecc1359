#!/bin/sh
# SPDX-License-Identifier: MIT
# test.sh: whether run.sh works with the binary MOONLET: what it writes, how it is called, how it fails; which rows run, in which memory.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/expect.sh"

expect 0 "spawn	" "$here/../run.sh" --quick --json run.json --html run.html --markdown run.md spawn payload_1k
expect 0 "figures compared, 0 worse" "$here/../compare.sh" run.json run.json
grep -qF '"rows": ["spawn", "payload_1k"]' run.json || { echo "it is not told which rows were run" && status=1; }
grep -qF '"payload_1k": {"rows": ["payload_1k"], ' run.json || { echo "a figure has no row" && status=1; }
grep -qF "\`payload_1k\` | us |" run.md || { echo "the table in Markdown lacks a row" && status=1; }
grep -q '<svg' run.html || { echo "the page has no chart" && status=1; }
if grep -q 'src=\|href=\|url(' run.html; then
    echo "the page needs something from elsewhere" && status=1
fi
expect 0 "spawn_monitored" "$here/../run.sh" --list
expect 0 "in each round moonlet and its peers take turns" "$here/../run.sh" --help
expect 2 "no benchmark is named nothing" "$here/../run.sh" nothing
expect 2 "unknown option --fast" "$here/../run.sh" --fast
expect 2 "--rounds: must be a number" "$here/../run.sh" --rounds 0
MOONLET=/bin/false expect 1 "failed: " "$here/../run.sh" --quick spawn
MOONLET=/bin/true expect 1 "no figure" "$here/../run.sh" --quick spawn

# much new memory is touched before each program of a row that needs it, and of no other
mkdir -p built bench/floor bench/apps/timers bench/apps/spawn
ln -s "$here" bench/harness
printf 'wide | timers 9 | timers 1 | floor | 1500\nnarrow | spawn 9 | spawn 1 | |\n' >bench/table
# harness <exit status> <text> <name>...: rows of that table with such programs
harness()
{
    code=$1 text=$2
    shift 2
    MOONLET=$work/moonlet BENCH_BUILT=$work/built BENCH_COLUMNS=0 expect "$code" "$text" lua5.3 "$here/main.lua" bench --quick "$@"
}

"$here/build.sh" "$work/built" || exit 1
stand_in bench/floor/build.sh 'echo build >>calls'
stand_in moonlet "echo moonlet \$* >>$work/calls; echo RESULT one 1 us"
stand_in built/floor "echo floor \$* >>$work/calls; echo RESULT one 1 us"
harness 0 "one@floor" wide narrow
same "figures of memory, of the row that needs much" "wide_peak MB wide_peak@floor MB" "$(awk '/_peak/ { print $1, $3 }' output | xargs)"
[ "$(xargs <calls)" = "build floor lend 1 moonlet run timers 1 floor lend 1 floor timers 1 moonlet run spawn 1" ] ||
    { echo "run in another order:" && cat calls && status=1; }
stand_in built/floor "exit 1"
harness 1 "failed: floor lend 1" wide
stand_in built/floor "exit 0"
# what a large row measures too is left to it with --full, so that no figure comes from two rows
printf -- '-some | spawn 9 | spawn 1 | |\n+all | timers 9 | timers 1 | |\nother | spawn 9 | spawn 2 | |\n' >bench/table
# order <what was run> <argument>...: of the harness
order()
{
    wanted=$1
    shift
    : >calls
    harness 0 "one" "$@"
    [ "$(xargs <calls)" = "$wanted" ] || { echo "$*: run were, instead of $wanted:" && cat calls && status=1; }
}

order "moonlet run spawn 1 moonlet run spawn 2"
order "moonlet run timers 1 moonlet run spawn 2" --full
order "moonlet run spawn 1 moonlet run timers 1" some all
cat >lending.lua <<'LUA'
local lending = dofile(arg[1])
local file = io.open("meminfo", "w")
file:write("MemTotal:    8192000 kB\nMemAvailable:    4096000 kB\n")
file:close()
print(lending.available("meminfo"), lending.bounded(1500, 4000), lending.bounded(2500, 4000), lending.available("/dev/null"))
LUA
expect 0 "4000	1500	2000	0" lua5.3 lending.lua "$here/lending.lua"
exit $status
