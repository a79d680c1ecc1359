#!/bin/sh
# SPDX-License-Identifier: MIT
# sizes.sh: .c files of the layers up to 500 lines, headers up to 150, functions up to 60. Exceptions, each with its
# reason, are in sizes.allow: "<file> <lines> <reason>" or "<file>:<function> <lines> <reason>".
. "$(dirname "$0")/lib.sh"
layer_files | xargs awk '
    FNR == NR { if ($0 !~ /^#/ && NF > 2) allowed[$1] = $2; next }
    function check(what, lines, limit) {
        if (what in allowed) limit = allowed[what]
        if (lines > limit) { printf "%s: %d lines, the limit is %d\n", what, lines, limit; bad = 1 }
    }
    function check_file() { if (file) check(file, count, file ~ /\.h$/ ? 150 : 500) }
    FNR == 1 { check_file(); file = FILENAME; name = "" }
    { count = FNR }
    /^[a-zA-Z_].*\(/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
    /^\{$/ { start = FNR }
    /^\}$/ { if (start) check(file ":" name, FNR - start + 1, 60); start = 0 }
    END { check_file(); exit bad }
' tests/lint/sizes.allow || status=1
exit $status
