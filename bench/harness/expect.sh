# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034 # the status is for those who source it
# expect.sh: what the tests of the harness have in common; they source it, with `here` set. They then are in a folder of their own, $work, and
# end with `exit $status`.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work" || exit 1
status=0

# expect <exit status> <text that the output has> <command>...; the output is in the file `output`
expect()
{
    code=$1 text=$2
    shift 2
    "$@" >output 2>&1
    got=$?
    if [ $got -ne "$code" ] || ! grep -qF -e "$text" output; then
        echo "$*: exit status $got instead of $code, or no '$text' in:"
        cat output
        status=1
    fi
}

# same <what> <wanted> <got>
same()
{
    [ "$2" = "$3" ] && return
    printf '%s is not\n%s\nbut\n%s\n' "$1" "$2" "$3"
    status=1
}

# stand_in <path> <line of shell>: a program that does nothing but that
stand_in()
{
    printf '#!/bin/sh\n%s\n' "$2" >"$1"
    chmod +x "$1"
}
