#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh <moonlet> <page.md>: runs the code blocks of one page of the manual, see README.md beside this file.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
lua5.3 "$here/check.lua" "$(realpath "$1")" "$(realpath "$2")" "$work"
