#!/bin/sh
# SPDX-License-Identifier: MIT
# little_memory.sh <moonlet> <deny>: little address space. The runtime's own structs may abort when memory is out (134), with a
# message; nothing may crash or hang.
. "$(dirname "$0")/lib.sh"
cd "$root/examples/hello" || exit 1
[ -z "${SANITIZE:-}" ] || exit 0 # shadow memory is larger than any limit

for megabytes in 8 16 24 32 48 64 96 128 192 256 512 1024; do
    # shellcheck disable=SC3045,SC2016
    attempt sh -c 'ulimit -v "$1" && shift && exec "$@"' sh $((megabytes * 1024)) "$moonlet" run hello
    case $code in
    127 | 126) ;; # the program could not even be loaded
    134) [ -s "$work/err" ] || complain "$megabytes MB: aborted without a word" ;;
    *) check_orderly "$megabytes MB" ;;
    esac
done
exit "$status"
