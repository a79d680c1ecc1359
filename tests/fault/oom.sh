#!/bin/sh
# SPDX-License-Identifier: MIT
# oom.sh <moonlet> <deny> [every]: allocation, thread, ring or operation number k fails, once or from then on, for k = 1, 2, ...
# until nothing is left to fail (where there are many, without the last argument, a part of them).
. "$(dirname "$0")/lib.sh"
every=${3:-}
cd "$root/tests/fault/oom" || exit 1

# run_with <plan>: one run; anything may end it, but in order.
run_with()
{
    printf 'well\n' | MOONLET_FAULT=$1 timeout -s KILL "$limit" "$moonlet" run oom >"$work/out" 2>"$work/err"
    code=$?
    grep -v '^fault [a-z_]* [0-9]* hits$' "$work/err" >"$work/said"
    ! grep -E 'Sanitizer|runtime error:|Assertion' "$work/err" >"$work/report" || complain "$1: a sanitizer's report"
    case $code in
    0) [ "$(cat "$work/out")" = "done well" ] || complain "$1: exit status 0 without the right output" ;;
    1) [ -s "$work/said" ] || complain "$1: failed without a word" ;;
    124 | 137) complain "$1: no end after $limit s" ;;
    134) grep -q "out of memory" "$work/said" || complain "$1: aborted without a word" ;;
    *) complain "$1: exit status $code" ;;
    esac
}

# hits <point>: how often the last run came by.
hits()
{
    sed -n "s/^fault $1 \([0-9]*\) hits$/\1/p" "$work/err"
}

run_with no_such_point:1
if [ "$code" -eq 0 ]; then
    echo "not a build with -DFAULTS=ON"
    exit 0
fi
grep -q "there is no fault point 'no_such_point'" "$work/said" || complain "an unknown point is not named"
run_with heap:once
grep -q "not of the form" "$work/said" || complain "a wrong plan is not explained"

for point in malloc slab heap thread ring_open ring_submit op_result msg_ring; do
    for count in 1 all; do
        # A kernel that takes nothing ever again leaves nothing to do but to try.
        [ "$point:$count" != ring_submit:all ] || count=200
        k=1
        while :; do
            run_with "$point:$k:$count"
            n=$(hits "$point")
            [ "$code" -eq 134 ] || [ "${n:-0}" -ge "$k" ] || break
            [ "$status" -eq 0 ] || exit 1
            if [ -n "$every" ]; then k=$((k + 1)); else k=$((k + 1 + k / 4)); fi
        done
        echo "$point:$count: until $k"
    done
done
exit "$status"
