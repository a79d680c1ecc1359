#!/bin/sh
# SPDX-License-Identifier: MIT
# few_files.sh <moonlet> <deny>: every small limit of open files either suffices or gives an error message.
. "$(dirname "$0")/lib.sh"
cd "$root/examples/hello" || exit 1

for files in 4 5 6 7 8 9 10 11 12 14 16 20 24 32 64; do
    # shellcheck disable=SC3045,SC2016 # dash and bash know ulimit -n; $@ is the inner shell's
    attempt sh -c 'ulimit -n "$1" && shift && exec "$@"' sh $files "$moonlet" run hello
    [ "$code" -eq 127 ] || check_orderly "limit of $files files" # 127: not even the libraries could be loaded
done
[ "$code" -eq 0 ] || complain "64 files are not enough"
exit "$status"
