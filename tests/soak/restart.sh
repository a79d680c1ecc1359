#!/bin/sh
# SPDX-License-Identifier: MIT
# restart.sh <moonlet> [count]: starts an application under load and stops it after some milliseconds, over and over. Every
# stop must end by itself, with exit status 0 and nothing on standard error. A start that was so slow that the signal met a
# program without a handler yet does not count; half of them must.
set -eu
moonlet=$(realpath "$1")
count=${2:-20}
cd "$(dirname "$0")/restart"
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
i=0
early=0
while [ $i -lt "$count" ]; do
    i=$((i + 1))
    "$moonlet" run -s </dev/null 2>"$errors" &
    pid=$!
    sleep "0.$((i * 7 % 90 + 10 + 100 * ${SLOWNESS:-1}))"
    kill -TERM $pid 2>/dev/null || true
    (sleep $((5 * ${SLOWNESS:-1})) && kill -ABRT $pid) 2>/dev/null &
    guard=$!
    status=0
    wait $pid || status=$?
    kill $guard 2>/dev/null || true
    wait $guard 2>/dev/null || true
    if [ $status -eq 143 ] && [ ! -s "$errors" ]; then
        early=$((early + 1))
        continue
    fi
    if [ $status -ne 0 ] || [ -s "$errors" ]; then
        echo "start $i: exit status $status"
        cat "$errors"
        exit 1
    fi
done
echo "$count starts and stops, $early before there was anything to stop"
[ $((early * 2)) -le "$count" ]
