#!/bin/sh
# SPDX-License-Identifier: MIT
# cli.sh: help, version, wrong command lines.
. "$(dirname "$0")/lib.sh"

run
want_code 0; want_out "Usage: moonlet"
run --help
want_code 0; want_out "Commands:"
run help run
want_code 0; want_out "--exec"
run run -h
want_code 0; want_out "Exit codes"
run version
want_code 0; want_out "moonlet "
run version --short
want_code 0
grep -Eqx '[0-9]+\.[0-9]+\.[0-9]+' out || complain "no bare version number"

run rum
want_code 1; want_err "moonlet: unknown command rum; did you mean run?"
run run --wrokers 2
want_code 1; want_err "did you mean --workers?"
run run --workers 0
want_code 1; want_err "--workers 0: must be a number from 1 to 256"
run run -m lots
want_code 1; want_err "--memory-limit lots: must be a size"
run run --seed 1 --workers 2
want_code 1; want_err "contradicts"
export GOMEMLIMIT=lots
run run
want_code 1; want_err "GOMEMLIMIT lots: must be a size like 512M or 2G, or off"
unset GOMEMLIMIT
"$binary" version >/dev/full 2>err
code=$?; want_code 1; want_err "standard output cannot be written"
run run hello --name x
want_code 1; want_err "write -- before it"

# nothing to run
run run
want_code 1; want_err "there is no application here"; want_err "src"
mkdir src
run run
want_code 1; want_err "no definition file in src holds an entry"
echo 'directories: {src: elsewhere}' | put moonlet.lock
run run
want_code 1; want_err "moonlet.lock: the source directory elsewhere cannot be read"
echo 'directories: {src: .}' | put moonlet.lock
run run
want_code 1; want_err "moonlet.lock:1: directories.src must not be the project directory"
echo 'directories: [' | put moonlet.lock
run run
want_code 1; want_err "moonlet.lock:2: "
rm moonlet.lock

# settings
project </dev/null
echo 'logger: {encoding: xml}' | put .moonlet.yaml
run run
want_code 1; want_err ".moonlet.yaml:1: logger.encoding must be json or console"
rm .moonlet.yaml
echo 'shutdown: {timeout: soon}' | put .wippy.yaml
run run
want_code 1; want_err ".wippy.yaml:1: shutdown.timeout must be a duration"
done_testing
