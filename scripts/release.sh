#!/bin/sh
# SPDX-License-Identifier: MIT
# release.sh: builds build/release/moonlet as users should have it, optimised by a profile of its own benchmarks: compiled in build/training
# so that it counts what runs, run for some seconds, compiled again. The profile is kept in build/release/profile; it is made anew when a
# source has changed. Without gcc there is none. Nothing but the last build touches the binary: whatever fails before, the old one stays.
set -eu
cd "$(dirname "$0")/.."

if ! "${CC:-cc}" --version 2>/dev/null | grep -q 'Free Software Foundation'; then
    exec scripts/build.sh release moonlet
fi

profile=build/release/profile
stamp=$profile/stamp
if [ -e "$stamp" ] && [ -z "$(find sched io vm stdlib host cmake CMakeLists.txt CMakePresets.json -newer "$stamp" -type f -print -quit)" ]; then
    export PROFILE=use
    exec scripts/build.sh release moonlet
fi

# run <application> <argument>...: a benchmark, which checks its own result.
run()
{
    (cd "bench/apps/$1" && timeout 120 "$moonlet" run "$@" >/dev/null) || {
        echo "release.sh: the benchmark $1 failed" >&2
        exit 1
    }
}

mkdir -p build/training build/release
started=build/training/started
touch "$started"
rm -rf build/training/profile
moonlet=$PWD/build/training/moonlet
scripts/build.sh training moonlet
run pingpong 1 100000
run pingpong 100 1000
run pingpong 1 50000 table
run ring 503 100000
run ring 503 50000 inbox
run fanin 20 2000
run big 50 100
run chameneos 10 10000
run payload 1k 14 3000
run payload 64k 870 30
run broadcast 1000 10
run spawn 30000
run spawn_monitored 20000
run tree 10000
run funcs_call 10000
run select 5000
run json 2
run types 20
printf '0\n0\n' | run timers 20000 # it asks twice for its CPU time
run growth 5000

rm -rf "$profile"
mv build/training/profile "$profile"
find build/release -name '*.c.o' -delete # ninja does not know that they depend on the profile
PROFILE=use scripts/build.sh release moonlet
mv "$started" "$stamp" # last: until then the next call starts anew; a source that has changed meanwhile is newer
