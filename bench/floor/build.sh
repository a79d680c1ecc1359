#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh <folder>: builds floor into the folder, when it is not there or older than a source.
set -eu
cd "$(dirname "$0")"
program=$1/floor
[ -z "$(find . -name '*.[ch]' -newer "$program" 2>/dev/null || echo missing)" ] && exit 0
# Several may do this at the same time: each makes its own and puts it in place whole.
# The archive of Lua, as moonlet has it: calls through the table of the shared library take a third longer.
# shellcheck disable=SC2046 # lists of words
cc -std=c11 -O2 -Wall -Wextra -D_GNU_SOURCE ./*.c -o "$program.$$" $(pkg-config --cflags --libs-only-L lua5.3) -l:liblua5.3.a -lm -ldl
mv "$program.$$" "$program"
