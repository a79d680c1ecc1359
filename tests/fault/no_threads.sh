#!/bin/sh
# SPDX-License-Identifier: MIT
# no_threads.sh <moonlet> <deny>: no thread can be made.
. "$(dirname "$0")/lib.sh"
cd "$root/examples/hello" || exit 1
[ -z "${SANITIZE:-}" ] || exit 0 # the sanitizers need threads themselves

attempt "$deny" 11 clone,clone3 "$moonlet" run hello
[ "$code" -eq 77 ] || [ "$code" -eq 1 ] || complain "exit status $code, expected 1"
[ -s "$work/err" ] || complain "failed without a word"
exit "$status"
