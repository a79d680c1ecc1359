#!/bin/sh
# SPDX-License-Identifier: MIT
# test.sh: whether the harness itself works: what compare.sh makes of two runs, what run.sh writes, how both fail. Needs MOONLET.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/expect.sh"

# run <rate> <low> <high> <bytes>: a run with two figures, three samples of each
run()
{
    cat <<RUN
{"about": {"date": "today"}, "figures": {
  "rate": {"value": $1, "unit": "messages/s", "low": $2, "high": $3, "samples": [$2, $1, $3]},
  "rate@go": {"value": 1, "unit": "messages/s", "low": 1, "high": 1, "samples": [1, 1, 1]},
  "size": {"value": $4, "unit": "B", "low": $4, "high": $4, "samples": [$4, $4, $4]}}}
RUN
}

run 1000 980 1020 500 >old.json
run 960 940 980 510 >noise.json
run 800 790 810 500 >slow.json
run 1500 1400 1600 600 >mixed.json
run 800 500 1100 500 >wild.json
sed 's/"samples": [^}]*/"samples": [1]/' slow.json >single.json
expect 0 "2 figures compared, 0 worse" "$here/../compare.sh" old.json old.json
expect 0 "0 worse" "$here/../compare.sh" old.json noise.json
expect 1 "slower   rate" "$here/../compare.sh" old.json slow.json
expect 0 "faster   rate" "$here/../compare.sh" slow.json old.json
expect 1 "larger   size" "$here/../compare.sh" old.json mixed.json
expect 1 "faster   rate" "$here/../compare.sh" old.json mixed.json
expect 0 "0 worse" "$here/../compare.sh" old.json wild.json   # it varied by more than it lost
expect 0 "0 worse" "$here/../compare.sh" old.json single.json # nobody knows how it varies
# changed <name> <sed script>: old.json otherwise
changed()
{
    sed "$2" old.json >"$1.json"
}

changed lacks '/"size"/d; s/"samples": \[1, 1, 1\]},/"samples": [1, 1, 1]}}}/'
expect 1 "missing  size" "$here/../compare.sh" old.json lacks.json # its benchmark fails now
expect 1 "1 figures compared, 1 worse, of these 1 missing" "$here/../compare.sh" old.json lacks.json
expect 0 "1 figures compared, 0 worse" "$here/../compare.sh" lacks.json old.json
changed no_peer '/@go/d'
expect 0 "0 worse" "$here/../compare.sh" old.json no_peer.json
run 1000 980 1020 0 >zero.json
run 0 0 0 500 >stands.json
run 0 0 2000 500 >stumbles.json
expect 1 "larger   size" "$here/../compare.sh" zero.json old.json
expect 0 "0 worse" "$here/../compare.sh" zero.json zero.json
expect 0 "smaller  size" "$here/../compare.sh" old.json zero.json
expect 1 "slower   rate" "$here/../compare.sh" old.json stands.json
expect 0 "faster   rate" "$here/../compare.sh" stands.json old.json
expect 0 "2 figures compared, 0 worse" "$here/../compare.sh" stumbles.json old.json
grep -q rate output && echo "what lies within the spread about zero is no change" && status=1
changed kilo 's/"unit": "B"/"unit": "kB"/'
expect 2 "figure size: in B in OLD, in kB in NEW" "$here/../compare.sh" old.json kilo.json
changed quick 's/"date"/"quick": true, "date"/'
changed full 's/"date"/"quick": false, "date"/'
expect 2 "NEW was made with --quick, OLD was not" "$here/../compare.sh" old.json quick.json
expect 2 "OLD was made with --quick, NEW was not" "$here/../compare.sh" quick.json full.json
expect 0 "0 worse" "$here/../compare.sh" old.json full.json
changed two 's/"date"/"cpus": 2, "date"/'
changed many 's/"date"/"cpus": 64, "date"/'
expect 2 "OLD was made with 2 CPUs, NEW with 64" "$here/../compare.sh" two.json many.json
expect 0 "0 worse" "$here/../compare.sh" many.json many.json
changed null 's/"value": 500,/"value": null,/'
expect 2 'null.json: figure size: "value" must be a number' "$here/../compare.sh" old.json null.json
changed text 's/"low": 500,/"low": "500",/'
expect 2 'text.json: figure size: "low" must be a number' "$here/../compare.sh" text.json old.json
changed no_high 's/"high": 500,//'
expect 2 'no_high.json: figure size: "high" must be a number' "$here/../compare.sh" old.json no_high.json
changed no_unit 's/"unit": "B",//'
expect 2 'no_unit.json: figure size: "unit" must be a text' "$here/../compare.sh" old.json no_unit.json
changed no_samples 's/, "samples": .500, 500, 500.//'
expect 2 'no_samples.json: figure size: "samples" must be a list' "$here/../compare.sh" old.json no_samples.json
changed no_object 's/"size": .*/"size": 1}}/'
expect 2 'no_object.json: figure size: must be an object' "$here/../compare.sh" old.json no_object.json
changed other 's/rate"/pace"/; s/size/mass/'
expect 2 "no figure in common" "$here/../compare.sh" old.json other.json
echo '{"figures": {}}' >bare.json
expect 2 "bare.json: not a file of bench/run.sh --json" "$here/../compare.sh" old.json bare.json
echo '{"figures": ' >cut.json
expect 2 "cut.json: not JSON" "$here/../compare.sh" old.json cut.json
expect 2 "none.json" "$here/../compare.sh" none.json old.json
expect 2 "compare.sh OLD.json NEW.json" "$here/../compare.sh" old.json

expect 0 "spawn	" "$here/../run.sh" --quick --json run.json --html run.html --markdown run.md spawn payload_1k
expect 0 "figures compared, 0 worse" "$here/../compare.sh" run.json run.json
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
