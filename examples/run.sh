#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh <moonlet> <example>: runs `moonlet run` with the words of <example>/command in the example's folder and compares its
# output with <example>/expected.txt, where a line "..." stands for any lines, and in a line with "#" that stands for each number. Lint finds
# no errors in it.
set -u
moonlet=$(realpath "$1")
cd "$(dirname "$0")/$2" || exit 1
output=$(mktemp)
trap 'rm -f "$output"' EXIT

"$moonlet" lint --level hint >"$output" 2>&1 || { cat "$output"; exit 1; }

# shellcheck disable=SC2046 # a list of words
timeout -k 5 $((30 * ${SLOWNESS:-1})) "$moonlet" run $(cat command) </dev/null >"$output"
code=$?
awk -v code="$code" '
    function is_like(line, wanted) {
        if (index(wanted, "#")) {
            gsub(/[0-9][0-9.,]*/, "#", line)
            sub(/^ +/, "", line) # a column of numbers
        }
        return line == wanted
    }
    FNR == NR { want[++wants] = $0; next }
    { got[++gots] = $0 }
    END {
        w = g = 1
        while (w <= wants) {
            if (want[w] == "...") { # skip to what follows
                w++
                while (g <= gots && !is_like(got[g], want[w])) g++
            } else if (g > gots || !is_like(got[g], want[w])) {
                printf "expected: %s\n", want[w]
                break
            } else { w++; g++ }
        }
        if (code != 0) printf "exit status %d\n", code
        if (code != 0 || w <= wants || g <= gots) {
            for (i = 1; i <= gots; i++) printf "%s %s\n", (i == g ? "here >" : "      "), got[i]
            exit 1
        }
    }' expected.txt "$output"
