#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh <folder>: builds usage into the folder, when it is not there or older than its source.
set -eu
cd "$(dirname "$0")"
program=$1/usage
[ -z "$(find usage.c -newer "$program" 2>/dev/null || echo missing)" ] && exit 0
cc -std=c11 -O2 -Wall -Wextra -D_GNU_SOURCE usage.c -o "$program.$$" # several may do this at the same time
mv "$program.$$" "$program"
