#!/bin/sh
# SPDX-License-Identifier: MIT
# measure.sh <seconds> <folder> <command>...: runs one program in a folder, no longer than that, and prints
#
#   BEFORE <ns> <cpu line of /proc/stat>
#   STARTED <ns>                        just before the program is executed
#   what the program prints
#   AFTER <ns> <cpu line of /proc/stat>
#   USAGE <microseconds> <kilobytes>    CPU time of the program, and the peak of its memory (usage.c)
#   EXIT <status>
#
# A program that prints "MEASURE rss" or "MEASURE cpu" gets its resident bytes or its CPU time in microseconds on its standard input.
# harness/program.lua reads all this. BENCH_BUILT: the folder with what build.sh builds.
set -u
seconds=$1
cd "$2" || exit 1
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
mkfifo "$work/in" "$work/out"

measured() # <what> <pid>
{
    case $1 in
    rss) awk '/^VmRSS:/ { print $2 * 1024 }' "/proc/$2/status" ;;
    cpu) sed 's/.*) //' "/proc/$2/stat" | awk '{ print ($12 + $13) * 10000 }' ;; # ticks of 10 ms
    esac
}

# Passes the output on. Both ends of `in` are open here, so that nobody waits for the other at the start or dies at the end.
answer()
{
    exec 3<>"$work/in"
    pid=
    while IFS= read -r line; do
        case $line in
        "PID "*)
            pid=${line#PID }
            echo "STARTED ${pid#* }"
            pid=${pid% *}
            ;;
        "MEASURE "*) measured "${line#MEASURE }" "$pid" >&3 ;;
        *) printf '%s\n' "$line" ;;
        esac
    done <"$work/out"
}

stamp() { echo "$1 $(date +%s%N) $(head -n 1 /proc/stat)"; }

stamp BEFORE
answer &
code=0
# shellcheck disable=SC2016 # expanded by the inner shell
"$BENCH_BUILT/usage" "$work/usage" timeout --foreground -k 5 "$seconds" sh -c 'echo "PID $$ $(date +%s%N)"; exec "$@"' sh "$@" \
    <>"$work/in" >"$work/out" || code=$?
after=$(stamp AFTER)
wait
echo "$after"
[ ! -s "$work/usage" ] || echo "USAGE $(cat "$work/usage")"
echo "EXIT $code"
