#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks the models of the protocols of scheduler and mailbox exhaustively (package spin), and that each planted defect is found.
# Exit 0: all as it should be; 77: spin is not installed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command -v spin >/dev/null || { echo "spin is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# verify model [defect]: runs the full search, prints its summary line, fails if there are errors or it was cut short. Optimised,
# the search would take a second less, but its compilation two more, each time.
verify()
{
    spin ${2:+-D$2} -a "$here/$1.pml" >gen.txt 2>&1 || { cat gen.txt; exit 1; }
    ${CC:-cc} -O0 -w -DSAFETY -DMEMLIM=2048 -o pan pan.c
    ./pan -E -m1000000 -n >pan.txt 2>&1 || { cat pan.txt; exit 1; }
    grep -q 'search depth too small\|out of memory' pan.txt && { cat pan.txt; exit 1; }
    grep -q 'errors: 0' pan.txt
}

for model in park task mailbox keeper; do
    if ! verify $model; then
        echo "$model: a violation was found"
        cat pan.txt
        ./pan -r 2>/dev/null | tail -60 || true
        exit 1
    fi
    echo "$model: $(grep 'states, stored' pan.txt | sed 's/^ *//')"
    for defect in $(sed -n 's/^ \*   \([A-Z_]*\) .*/\1/p' "$here/$model.pml"); do
        if verify $model "$defect"; then
            echo "$model: the planted defect $defect was not found"
            exit 1
        fi
        echo "$model: $defect found"
    done
done
