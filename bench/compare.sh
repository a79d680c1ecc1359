#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh OLD.json NEW.json: what got slower or faster between two runs of run.sh --json, beyond the spread that both recorded.
# Exit status 1 if something got slower or is missing in NEW, 2 if the files cannot be compared.
set -eu
if [ $# -ne 2 ]; then
    sed -n '3,4s/^# \{0,1\}//p' "$0"
    exit 2
fi
exec lua5.3 "$(dirname "$0")/harness/compare.lua" "$1" "$2"
