#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh <preset> [target]...: configures build/<preset> and builds it, showing output only when something is wrong.
#
#   PROFILE=make|use   for release.sh
set -eu
cd "$(dirname "$0")/.."
preset=$1
shift

log=build/$preset.log
mkdir -p build
if ! { cmake --preset "$preset" ${PROFILE:+-DPROFILE="$PROFILE"} && cmake --build --preset "$preset" -j "${JOBS:-$(nproc)}" ${1:+--target "$@"}; } >"$log" 2>&1; then
    grep -E '(error|warning):|undefined reference|CMake Error|^FAILED' "$log" >&2 || cat "$log" >&2
    echo "build of preset $preset failed; all of it is in $log" >&2
    exit 1
fi
