#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh [--peers] [--quick] [--json FILE] [name]...: runs benchmarks of `table` and prints a line per figure:
#
#   name<TAB>value<TAB>unit              name@peer for figures of another runtime
#
#   --peers   the same workloads in Erlang and Go, where these are installed
#   --quick   tiny sizes: shows that the benchmarks work, the figures mean nothing
#   MOONLET   the binary (default: build/release/moonlet)
#
# A benchmark checks its own results and fails when they are wrong; then this script goes on and exits with 1 at the end.
set -u
bench=$(cd "$(dirname "$0")" && pwd)
MOONLET=$(realpath "${MOONLET:-$bench/../build/release/moonlet}")
peers=false quick=false json=
while [ $# -gt 0 ]; do
    case $1 in
    --peers) peers=true ;;
    --quick) quick=true ;;
    --json) json=$2 && shift ;;
    -*) sed -n '3,12s/^# \{0,1\}//p' "$0" && exit 2 ;;
    *) break ;;
    esac
    shift
done
names=" $* "

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
mkfifo "$work/in" "$work/out"
: >"$work/figures"
status=0

# answer <pid>: reads the output of a benchmark; prints its figures; answers MEASURE lines through descriptor 3.
answer()
{
    while read -r word metric value unit; do
        case $word in
        RESULT) printf '%s%s\t%s\t%s\n' "$metric" "$suffix" "$value" "$unit" | tee -a "$work/figures" ;;
        MEASURE) awk '/^VmRSS:/ { print $2 * 1024 }' "/proc/$1/status" >&3 ;;
        CHECK) echo "$metric" >>"$work/checks" ;;
        *) echo "$word $metric $value $unit" >&2 ;;
        esac
    done
}

# measure <suffix> <folder> <command>...: runs a program that prints RESULT lines.
measure()
{
    suffix=$1
    cd "$2" || exit 1
    shift 2
    "$@" <"$work/in" >"$work/out" &
    pid=$!
    (timeout $((120 * ${SLOWNESS:-1})) tail -f --pid="$pid" /dev/null || kill -KILL "$pid") >/dev/null 2>&1 &
    exec 3>"$work/in"
    answer "$pid" <"$work/out"
    exec 3>&-
    if ! wait "$pid"; then
        echo "failed: $*" >&2
        status=1
    fi
}

erlang() { measure @erlang "$bench" erl +P 3000000 -noshell -pa "$built" -run bench main "$@"; }
go() { measure @go "$bench" "$built/gobench" "$@"; }

has_erlang=false has_go=false
if $peers; then
    built=$bench/../build/bench-peers
    mkdir -p "$built"
    PATH=$PATH:/usr/lib/go-1.19/bin
    command -v erlc >/dev/null && erlc -o "$built" "$bench/peers/erlang/bench.erl" && has_erlang=true
    command -v go >/dev/null && (cd "$bench/peers/go" && command go build -o "$built/gobench" .) && has_go=true
    $has_erlang || echo "no erlang (package erlang-base)" >&2
    $has_go || echo "no go (package golang-go)" >&2
fi

# One benchmark: the fields of its line in the table, words separated by blanks.
run_one()
{
    name=$1 full=$2 tiny=$3 in_erlang=$4 in_go=$5
    $quick && full=$tiny
    # shellcheck disable=SC2086 # lists of words
    measure "" "$bench/apps/${full%% *}" "$MOONLET" run $full
    if [ "$name" = lua_compute ]; then
        measure @lua5.3 "$bench" lua5.3 peers/compute.lua "${full#* }"
        [ "$(sort -u "$work/checks" | wc -l)" -eq 1 ] || { echo "lua_compute: the checksums differ" >&2 && status=1; }
    fi
    # shellcheck disable=SC2086
    { $has_erlang && [ -n "$in_erlang" ] && erlang $in_erlang; }
    # shellcheck disable=SC2086
    { $has_go && [ -n "$in_go" ] && go $in_go; }
}

grep -v '^#' "$bench/table" | tr -s ' ' | sed 's/ *| */|/g; s/ *$//' >"$work/table"
# The table is read through descriptor 4, for the benchmarks have their own standard input.
while IFS='|' read -r name full tiny in_erlang in_go <&4; do
    case $names in
    "  " | *" $name "*) run_one "$name" "$full" "$tiny" "$in_erlang" "$in_go" ;;
    esac
done 4<"$work/table"

if [ -n "$json" ]; then
    awk -F '\t' 'BEGIN { print "{" }
        { printf "%s  \"%s\": {\"value\": %s, \"unit\": \"%s\"}", (NR > 1 ? ",\n" : ""), $1, $2, $3 }
        END { print "\n}" }' "$work/figures" >"$json"
fi
exit $status
