#!/bin/sh
# SPDX-License-Identifier: MIT
# full_output.sh <moonlet> <deny>: standard output that cannot be written, or that nobody reads.
. "$(dirname "$0")/lib.sh"

cd "$root/examples/hello" || exit 1
timeout -k 5 "$limit" "$moonlet" run hello </dev/null >/dev/full 2>"$work/err"
code=$?
[ "$code" -le 1 ] || complain "full disk: exit status $code"
timeout -k 5 "$limit" "$moonlet" run hello </dev/null >&- 2>"$work/err"
code=$?
[ "$code" -le 1 ] || complain "closed output: exit status $code"

# A log that nobody reads does not stop the application: it ends by itself, in time.
cd "$root/tests/fault/chatty" || exit 1
mkfifo "$work/pipe"
exec 3<>"$work/pipe" # open for reading, and never read
timeout -k 5 "$limit" "$moonlet" run -c chatty </dev/null >"$work/pipe" 2>&1
code=$?
[ "$code" -eq 0 ] || complain "unread log: exit status $code"
exit "$status"
