#!/bin/sh
# SPDX-License-Identifier: MIT
# test.sh: whether the harness itself works: what compare.sh makes of two runs, what run.sh writes, how both fail. Needs MOONLET.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work" || exit 1
status=0

# expect <exit status> <text that the output has> <command>...
expect()
{
    code=$1 text=$2
    shift 2
    "$@" >output 2>&1
    got=$?
    if [ $got -ne "$code" ] || ! grep -qF -e "$text" output; then
        echo "$*: exit status $got instead of $code, or no '$text' in:"
        cat output
        status=1
    fi
}

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
expect 2 "no benchmark is named nothing" "$here/../run.sh" nothing
expect 2 "unknown option --fast" "$here/../run.sh" --fast
expect 2 "--rounds: must be a number" "$here/../run.sh" --rounds 0
MOONLET=/bin/false expect 1 "failed: " "$here/../run.sh" --quick spawn
MOONLET=/bin/true expect 1 "no figure" "$here/../run.sh" --quick spawn
exit $status
