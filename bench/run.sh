#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh [option]... [name]...: runs benchmarks of `table`, all or the named ones, and prints a line per figure, in a terminal tables:
#
#   name<TAB>value<TAB>unit              name@peer for figures of another runtime
#
#   --peers       the same workloads in Erlang and Go, in the same run; installs what is missing
#   --rounds N    how often each is measured (default 3); values are medians; in each round moonlet and its peers take turns
#   --full        the rows of a million processes too (up to 10 GB of memory)
#   --quick       tiny sizes, one round: shows that the benchmarks work, the figures mean nothing
#   --json FILE   all figures with spread, time, memory and foreign load; compare.sh reads it
#   --html FILE   the same as one page with charts
#   --markdown FILE  the same as tables, as in docs/performance.md
#   --list        the names
#   MOONLET       the binary (default: build/release/moonlet, which scripts/release.sh makes of the tree as it is)
#
# A benchmark checks its own results and fails when they are wrong; then this script goes on and exits with 1 at the end.
set -eu
bench=$(cd "$(dirname "$0")" && pwd)
# usage [<exit status>]
usage()
{
    sed -n '3,17s/^# \{0,1\}//p' "$0"
    exit "${1:-2}"
}

peers=
list=
for word; do # the options are read in Lua; here those that need something to be built
    case $word in
    --peers) peers=yes ;;
    --list) list=yes ;;
    --help | -h) usage 0 ;;
    esac
done

if [ -n "${MOONLET:-}" ]; then
    BENCH_COMMIT="unknown: $MOONLET" # a binary does not tell
else
    MOONLET=$bench/../build/release/moonlet
    [ -n "$list" ] || "$bench/../scripts/release.sh" >&2
    BENCH_COMMIT=$(git -C "$bench" describe --always --dirty 2>&1) || true # of what was built; the tree may change meanwhile
fi
MOONLET=$(realpath -m "$MOONLET")
built=$(realpath -m "$bench/../build/bench-peers")
export MOONLET BENCH_COMMIT BENCH_BUILT="$built"
mkdir -p "$built"
[ -n "$list" ] || "$bench/harness/build.sh" "$built"
if [ -n "$peers" ]; then
    "$bench/peers/build.sh" "$built"
fi
columns=0
if [ -t 1 ]; then
    columns=$(tput cols 2>/dev/null || echo 80)
fi
export BENCH_COLUMNS="$columns"

code=0
lua5.3 "$bench/harness/main.lua" "$bench" "$@" || code=$?
[ $code -ne 2 ] || usage
exit $code
