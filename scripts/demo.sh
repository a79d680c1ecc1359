#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh: installs what is missing, builds the release preset and runs the mass-spawn example: 100,000 live processes.
# demo.sh <example> [arguments]: another one of examples/.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
scripts/release.sh
moonlet=$PWD/build/release/moonlet
example=${1:-mass-spawn}
[ $# -eq 0 ] || shift
cd "examples/$example"
exec "$moonlet" run "$example" "$@"
