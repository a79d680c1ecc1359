#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh <moonlet> <area directory> [name]...: runs the Lua tests of one area, see README.md beside this file.
#
#   LUA_JOBS=n   how many at once (default 2)
#   SLOWNESS=n   factor on time limits (sanitizers)
#   KEEP=dir     write the projects there and keep them, to run one by hand
set -eu
here=$(cd "$(dirname "$0")" && pwd)
moonlet=$(realpath "$1")
area=$(realpath "$2")
shift 2

if [ -n "${KEEP:-}" ]; then
    mkdir -p "$KEEP"
    work=$(realpath "$KEEP")
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 1' INT TERM
fi

if [ $# -eq 0 ]; then
    for file in "$area"/*.lua; do
        set -- "$@" "$(basename "$file" .lua)"
    done
fi
# shellcheck disable=SC2046 # names of tests have no blanks
(cd "$work" && mkdir -p $(printf '%s/src/lib ' "$@"))
lua5.3 "$here/project.lua" "$area" "$work" "$@"

export moonlet work area here
status=0
printf '%s\n' "$@" | xargs -P "${LUA_JOBS:-2}" -n 1 "$here/run_one.sh" || status=1
failed=$(find "$work" -maxdepth 2 -name failed | wc -l)
echo "$(($# - failed)) passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$status" -eq 0 ]
