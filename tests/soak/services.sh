#!/bin/sh
# SPDX-License-Identifier: MIT
# services.sh <moonlet> [services] [kills per second] [seconds]: supervised services are killed at random; each must come back within
# its backoff window, with exactly one EXIT per death, and nothing may be left over.
set -eu
moonlet=$(realpath "$1")
count=${2:-1000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$(dirname "$0")/services/src" "$work"
{
    printf 'version: "1.0"\nnamespace: services\nentries:\n'
    i=0
    while [ $i -lt "$count" ]; do
        i=$((i + 1))
        echo "  - name: service_$i"
        echo "    kind: process.service"
        echo "    process: services:survivor"
        echo "    host: services:processes"
        echo "    input: [$i]"
        echo "    lifecycle:"
        echo "      auto_start: true"
        echo "      stable_threshold: 1h"
        echo "      restart: {initial_delay: 50ms, max_delay: 400ms, backoff_factor: 2.0, jitter: 0.1}"
    done
} >"$work/src/services.yaml"
cd "$work"
"$moonlet" run services "$count" "${3:-50}" "${4:-60}" "${SLOWNESS:-1}" </dev/null
