# SPDX-License-Identifier: MIT
# Sourced by the fault tests, which get the binary, and the program deny (deny.c), as their arguments.
# shellcheck shell=sh disable=SC2034
moonlet=$(realpath "$1")
deny=$(realpath "$2")
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
status=0
limit=$((20 * ${SLOWNESS:-1}))

# complain <text>: one finding, with what the program said.
complain()
{
    echo "$*"
    sed 's/^/  /' "$work/err" 2>/dev/null | head -n 20
    status=1
}

# attempt <command>...: runs it with its output in $work/out and $work/err; sets $code. A hang is 124.
attempt()
{
    timeout -k 5 "$limit" "$@" </dev/null >"$work/out" 2>"$work/err"
    code=$?
}

# Whatever the fault is: the program ends by itself, not by a crash, and no failure is silent.
check_orderly()
{
    case $code in
    0) [ "$(cat "$work/out")" = "hello, world" ] || complain "$1: exit status 0 without the right output" ;;
    124 | 137) complain "$1: no end after $limit s" ;;
    1) [ -s "$work/err" ] || complain "$1: failed without a word" ;;
    *) complain "$1: exit status $code" ;;
    esac
}
