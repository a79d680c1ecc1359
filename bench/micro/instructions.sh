#!/bin/sh
# SPDX-License-Identifier: MIT
# instructions.sh [-f] <moonlet> [name...]: what an operation costs in instructions and in cache lines. These hardly depend on what else the machine
# does, so they show a change of one per cent where times do not. Each workload runs twice under callgrind, on one worker, with different
# counts; what is printed is the difference, for each operation:
#
#   <name> <TAB> <value> <TAB> instructions
#   <name>_lines <TAB> <value> <TAB> lines              that were not in a first-level cache of 32 KB, for data
#   <name>_lines_l2 <TAB> <value> <TAB> lines           and that were not in a second-level one of 1 MB
#
# -f: and the twenty functions in which most of the instructions are. callgrind makes the clock look slow, so a worker does its service after
# every slice: some 130 instructions of a slice that are 16 otherwise. Needs valgrind (apt-get install valgrind).
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
functions=
if [ "${1:-}" = -f ]; then
    functions=1
    shift
fi
if [ $# -eq 0 ]; then
    sed -n '3,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
    exit 2
fi
command -v valgrind >/dev/null || { echo "instructions.sh: valgrind is missing: apt-get install valgrind" >&2 && exit 1; }
moonlet=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
printf '0\n0\n' >"$work/cpu" # timers asks twice for its CPU time
cc -std=gnu17 -O2 -D_GNU_SOURCE -shared -fPIC -o "$work/park.so" "$here/micro/park.c"

# name, application, its arguments with a small count and with a large one, operations that are in between
workloads()
{
    cat <<'LIST'
pingpong_1 pingpong|1 5000|1 25000|20000
pingpong_table_1 pingpong|1 3000 table|1 13000 table|10000
ring ring|503 10000|503 60000|50000
ring_inbox ring|503 10000 inbox|503 40000 inbox|30000
fanin fanin|10 1000|10 4000|30000
payload_1k payload|1k 14 200|1k 14 1200|2000
spawn spawn|3000|13000|10000
spawn_monitored spawn_monitored|3000|13000|10000
timers timers|2000|12000|10000
LIST
}

for name; do
    workloads | grep -q "^$name " || { echo "instructions.sh: no workload is named $name" >&2 && exit 2; }
done

# <application> <arguments> <file>
count()
{
    # shellcheck disable=SC2086 # a list of words
    (cd "$here/apps/$1" && LD_PRELOAD="$work/park.so" timeout -k 2 120 valgrind --tool=callgrind --cache-sim=yes --D1=32768,8,64 \
        --LL=1048576,16,64 --callgrind-out-file="$3" "$moonlet" run "$1" --workers 1 $2) <"$work/cpu" >"$work/log" 2>&1 ||
        { cat "$work/log" >&2 && exit 1; }
}

# The sums of a run: instructions, lines that the first level missed, and the last. In the order of `events:`.
sums()
{
    awk '/^events:/ { for (i = 2; i <= NF; i++) place[$i] = i }
        /^(totals|summary):/ && place["Ir"] { ir = $(place["Ir"]); d1 = $(place["D1mr"]) + $(place["D1mw"]); ll = $(place["DLmr"]) + $(place["DLmw"]) }
        END { print ir, d1, ll }' "$1"
}

# <file>: instructions, function; by function
by_function()
{
    callgrind_annotate --threshold=100 --auto=no --show=Ir "$1" | awk '$2 ~ /^\(/ && /:/ { sub(/ \[.*/, ""); n = $1; gsub(/,/, "", n); print n, $NF }'
}

workloads | while IFS='|' read -r names few many operations; do
    name=${names% *}
    app=${names#* }
    case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
    count "$app" "$few" "$work/few"
    count "$app" "$many" "$work/many"
    { sums "$work/few" && sums "$work/many"; } | awk -v name="$name" -v n="$operations" 'NR == 1 { split($0, few) }
        NR == 2 { printf "%s\t%.0f\tinstructions\n%s_lines\t%.1f\tlines\n%s_lines_l2\t%.1f\tlines\n",
            name, ($1 - few[1]) / n, name, ($2 - few[2]) / n, name, ($3 - few[3]) / n }'
    [ "$functions" ] || continue
    by_function "$work/few" >"$work/few.txt"
    by_function "$work/many" >"$work/many.txt"
    awk -v n="$operations" 'NR == FNR { few[$2] += $1; next } { many[$2] += $1 }
        END { for (f in many) printf "%10.1f  %s\n", (many[f] - few[f]) / n, f }' "$work/few.txt" "$work/many.txt" |
        sort -rn | head -n 20
done
