#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh <folder>: builds the workloads of the peers into the folder, installs Erlang and Go when they are missing. A peer that cannot
# be had is left out, with a word on standard error.
set -u
cd "$(dirname "$0")" || exit 1
built=$1

install()
{
    sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    echo "installing: $*" >&2
    { $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >&2
}

command -v erlc >/dev/null || install erlang-base
command -v go >/dev/null || install golang-go

rm -f "$built/bench.beam" "$built/gobench"
erlc -o "$built" erlang/bench.erl >&2 || echo "no figures of Erlang (package erlang-base)" >&2
(cd go && go build -o "$built/gobench" . >&2) || echo "no figures of Go (package golang-go)" >&2
exit 0
