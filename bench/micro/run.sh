#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh <folder> lang <rounds>: the figures of a single module for run.sh of the benchmarks. Builds it into the folder when it is not there or
# older than a source. `lang` reads all Lua files of the project's examples, benchmarks and tests, but those that are wrong on purpose.
set -eu
cd "$(dirname "$0")/../.."
program=$1/micro_$2
sources="bench/micro/$2.c vm/lang/*.c sched/base/hash.c sched/base/memory.c sched/base/rng.c"
# shellcheck disable=SC2086 # lists of words
if [ -n "$(find $sources vm/lang/*.h -newer "$program" 2>/dev/null || echo missing)" ]; then
    # shellcheck disable=SC2046
    cc -std=gnu17 -O2 -D_GNU_SOURCE -I. $sources $(pkg-config --cflags --libs lua5.3) -o "$program.$$"
    mv "$program.$$" "$program" # several may do this at the same time
fi
find examples bench tests -name '*.lua' -print | LC_ALL=C sort | xargs "$program" "$3"
