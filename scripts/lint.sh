#!/bin/sh
# SPDX-License-Identifier: MIT
# lint.sh [file.c]...: clang-tidy over the given files or all C files of the layers, with the compile commands of the dev
# preset. Then the lint tests. Exits with 1 if anything was found.
set -eu
cd "$(dirname "$0")/.."
[ -f build/dev/compile_commands.json ] || cmake --preset dev >/dev/null
# shellcheck disable=SC2046 # a list of words
[ $# -gt 0 ] || set -- $(find sched io vm stdlib host -name '*.c' | sort)

status=0
printf '%s\n' "$@" | xargs -P "${JOBS:-$(nproc)}" -n 4 clang-tidy --quiet -p build/dev 2>/dev/null || status=1
for script in tests/lint/*.sh; do
    case $script in */lib.sh) continue ;; esac
    "$script" || status=1
done
exit $status
