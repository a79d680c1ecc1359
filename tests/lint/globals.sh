#!/bin/sh
# SPDX-License-Identifier: MIT
# globals.sh [library.a]...: no mutable variable at file scope in the layers, for two runtimes may live in one OS process.
# Looks at the sections of the symbols: constants with pointers are in .data.rel.ro, which is no mutable section. What is
# allowed stands in globals.allow: "<symbol> <reason>". Without arguments: the libraries of build/dev.
here=$PWD # the libraries are named from where the caller stands
. "$(dirname "$0")/lib.sh"
allow=$PWD/tests/lint/globals.allow
[ $# -eq 0 ] || cd "$here" || exit 1
[ $# -gt 0 ] || set -- build/dev/libmoonlet_*.a
[ -f "$1" ] || { echo "no library to look at"; exit 1; }

objdump -t "$@" | awk '
    FNR == NR { if ($0 !~ /^#/ && NF > 1) allowed[$1] = 1; next }
    /file format/ { object = $1 }
    # address, flags, section, size, name; thread-local ones have no flag O; sections themselves have the flag d
    NF >= 4 && $0 !~ / d / {
        name = $NF
        section = $(NF - 2)
        sub(/\.[0-9]+$/, "", name)
        if (section ~ /^(\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ && section !~ /^\.data\.rel\.ro/ && !(name in allowed)) {
            printf "%s %s is mutable (%s)\n", object, name, section
            bad = 1
        }
    }
    END { exit bad }
' "$allow" -
