#!/bin/sh
# SPDX-License-Identifier: MIT
# setup.sh: installs the packages of packages.txt that are missing. Says nothing and needs no network when none is.
set -eu
cd "$(dirname "$0")/.."

wanted=$(sed 's/#.*//' packages.txt)
missing=
for package in $wanted; do
    dpkg -s "$package" 2>/dev/null | grep -q '^Status: install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
echo "installing:$missing"
$sudo apt-get update -qq
# shellcheck disable=SC2086 # a list of words
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
