#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh [OLD.json] NEW.json: what got slower or faster between two runs of run.sh --json, beyond the spread that both recorded.
# OLD is baseline.json beside this file when it is not given. Exit status 1 if something got slower or is missing in NEW although its row was
# run, 2 if the files cannot be compared.
set -eu
bench=$(dirname "$0")
if [ $# -eq 1 ] && [ ! -e "$bench/baseline.json" ]; then
    echo "compare: there is no $bench/baseline.json; README.md says how to make one" >&2
    exit 2
fi
case $# in
1) exec lua5.3 "$bench/harness/compare.lua" "$bench/baseline.json" "$1" ;;
2) exec lua5.3 "$bench/harness/compare.lua" "$1" "$2" ;;
esac
sed -n '3,5s/^# \{0,1\}//p' "$0"
exit 2
