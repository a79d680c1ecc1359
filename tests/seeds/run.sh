#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh <moonlet> [first] [count]: runs app/ with that many seeds (1000) from the first (1) on, each twice in surroundings that
# differ. The app checks its invariants itself; both runs must be the same in what they print and in their traces, all seeds
# differ in their traces, and nothing may be in flight at the end. The first seed that does not hold ends it.
set -u
moonlet=$(realpath "$1")
first=${2:-1}
count=${3:-1000}
limit=$((20 * ${SLOWNESS:-1}))
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$here/app" || exit 1

fail()
{
    echo "seed $seed: $*"
    head -n 20 "$work/a" "$work/b"
    echo "again: cd $here/app; $moonlet run -v --seed $seed seeds <input.txt"
    exit 1
}

# attempt <file> <variable>=<value> <KB of stack>: one run, its output and errors in the file.
attempt()
{
    # shellcheck disable=SC3045 # dash has it
    (ulimit -S -s "$3" && exec env "$2" timeout -s KILL "$limit" "$moonlet" run --seed "$seed" seeds <input.txt >"$1" 2>"$1.err")
    code=$?
    cat "$1.err" >>"$1"
    [ "$code" -ne 137 ] || fail "no end after $limit s: a wake-up is lost, or the time stands still"
    [ "$code" -eq 0 ] || fail "exit status $code"
    grep -Eqx "digest [0-9a-f]{16}" "$1" && grep -Eqx "seed $seed trace [0-9a-f]{16}" "$1" && [ "$(wc -l <"$1")" -eq 2 ] ||
        fail "not the two lines expected"
}

: >"$work/b"
: >"$work/traces"
seed=$first
last=$((first + count - 1))
while [ "$seed" -le "$last" ]; do
    attempt "$work/a" SEEDS_RUN=1 8192
    attempt "$work/b" "SEEDS_RUN=$(printf '%0*d' $((seed * 37 % 3000 + 1)) 2)" "$(ulimit -H -s)"
    cmp -s "$work/a" "$work/b" || fail "the two runs are not the same"
    sed -n 's/.* trace //p' "$work/a" >>"$work/traces"
    seed=$((seed + 1))
done
different=$(sort -u "$work/traces" | wc -l)
echo "$count seeds from $first: each the same twice, $different different traces"
[ "$different" -eq "$count" ]
