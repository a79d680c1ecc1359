#!/bin/sh
# SPDX-License-Identifier: MIT
# links.sh: every folder that a reader walks into has a README.md, and the relative links of all pages lead to something.
. "$(dirname "$0")/lib.sh"
for folder in . sched io vm stdlib host bench examples docs tests tests/lua tests/lang tests/lint vm/lang; do
    [ -f "$folder/README.md" ] || complain "$folder: no README.md"
done
for folder in examples/*/ bench/apps/*/; do
    case $folder in examples/*) [ -f "$folder/README.md" ] || complain "$folder: no README.md" ;; esac
done
for page in $(find . -path ./build -prune -o -path ./.git -prune -o -name '*.md' -print | sort); do
    for link in $(grep -oE '\]\([^)# ]+' "$page" | sed 's/^](//' | grep -vE '^(https?|mailto):'); do
        [ -e "$(dirname "$page")/$link" ] || complain "$page: link to $link leads nowhere"
    done
done
exit $status
