#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh <eraser> [seed [count]]: check.lua over all Lua files of the project and `count` generated programs. The same seed gives the
# same programs. KEEP=dir writes them there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
eraser=$(realpath "$1")
if [ -n "${KEEP:-}" ]; then
    mkdir -p "$KEEP"
    work=$(realpath "$KEEP")
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 1' INT TERM
fi
cd "$here/../.."
# shellcheck disable=SC2046 # names of files have no blanks
lua5.3 "$here/check.lua" "$eraser" "$work" "${2:-1}" "${3:-600}" $(find tests examples bench -name '*.lua' | sort)
