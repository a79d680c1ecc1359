#!/bin/sh
# SPDX-License-Identifier: MIT
# no_io_uring.sh <moonlet> <deny>: where io_uring is forbidden, the start-up error says so and what may be the cause.
. "$(dirname "$0")/lib.sh"
cd "$root/examples/hello" || exit 1

for errno in 1 38 12; do # EPERM: seccomp or the sysctl; ENOSYS: old kernel; ENOMEM: memlock
    attempt "$deny" $errno io_uring_setup "$moonlet" run hello
    [ "$code" -ne 77 ] || exit 0 # a filter cannot be installed here
    [ "$code" -eq 1 ] || complain "errno $errno: exit status $code, expected 1"
    grep -qi 'io_uring' "$work/err" || complain "errno $errno: the message does not name io_uring"
    case $errno in
    1) cause='seccomp|sysctl' ;;
    38) cause='kernel' ;;
    12) cause='memlock' ;;
    esac
    grep -qiE "$cause" "$work/err" || complain "errno $errno: the message does not name the cause ($cause)"
done
exit "$status"
