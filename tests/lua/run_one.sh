#!/bin/sh
# SPDX-License-Identifier: MIT
# run_one.sh <name>: runs the project that project.lua made for one test and compares what it did with what it should do.
# Called by run.sh, which exports $moonlet, $work and $area.
# shellcheck disable=SC2154,SC1091
set -u
name=$1
cd "$work/$name" || exit 1

# project.lua wrote: limit (seconds), want_exit, flags, setenv
. ./settings
: "${limit:=10}" "${want_exit:=0}" "${flags:=}" "${setenv:=}"
seconds=$((limit * ${SLOWNESS:-1}))

# shellcheck disable=SC2086 # flags and setenv are lists of words
env $setenv timeout -k 5 "$seconds" "$moonlet" run -x test:main $flags <stdin >stdout 2>stderr
code=$?

why=
if [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then
    why="no end after $seconds s"
elif [ "$code" -ne "$want_exit" ]; then
    why="exit status $code, expected $want_exit"
elif ! cmp -s stdout want_stdout; then
    why="standard output differs"
elif grep -qE 'ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:' stderr; then
    why="sanitizer report"
fi
while IFS= read -r text; do
    grep -qF -e "$text" stderr || why=${why:-"standard error lacks: $text"}
done <want_stderr
[ -n "$why" ] || exit 0

touch failed
{
    echo "FAIL $area/$name.lua: $why"
    if ! cmp -s stdout want_stdout; then
        diff -u --label expected --label stdout want_stdout stdout | head -n 40
    fi
    sed 's/^/  stderr: /' stderr | head -n 60
} >report
cat report # in one piece: several tests run at the same time
exit 1
