#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh <moonlet> <application> [argument]...: runs a soak application; its exit status says whether all invariants held.
set -eu
moonlet=$(realpath "$1")
application=$2
shift 2
cd "$(dirname "$0")/$application"
exec "$moonlet" run "$application" "$@" </dev/null
