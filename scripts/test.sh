#!/bin/sh
# SPDX-License-Identifier: MIT
# test.sh [preset]...: builds the presets and runs their tests; without arguments what CI runs: dev (with lint), asan, tsan,
# and clang-warnings:build, which is only built. Ends with one line over all of them, "N passed, N failed".
#
#   JOBS=n           parallel compilations (default: CPUs); of tests one more run at once, for most wait at times
#   TESTS=regex      only tests whose name matches
set -u
cd "$(dirname "$0")/.." || exit 1
[ $# -gt 0 ] || set -- dev asan tsan clang-warnings:build
jobs=${JOBS:-$(nproc)}

scripts/setup.sh || exit 1

passed=0
failed=0
for what in "$@"; do
    preset=${what%:build}
    echo "== $what"
    if ! scripts/build.sh "$preset"; then
        failed=$((failed + 1))
        continue
    fi
    if [ "$what" != "$preset" ]; then
        passed=$((passed + 1))
        continue
    fi
    log=build/$preset-tests.log
    ctest --test-dir "build/$preset" --output-on-failure --timeout 300 -j $((jobs + 1)) ${TESTS:+-R "$TESTS"} >"$log" 2>&1
    # ctest prints "1/9 Test #1: unit.x ... Passed  0.02 sec"; what failed is shown with its output.
    ok=$(grep -cE '^ *[0-9]+/[0-9]+ Test +#.* Passed ' "$log")
    all=$(grep -E '^ *[0-9]+/[0-9]+ Test +#' "$log" | grep -vcF '***Skipped')
    if [ "$ok" -lt "$all" ]; then
        # Those that failed once more, one at a time: beside others, a test that waits for the scheduler may wait in vain.
        ctest --test-dir "build/$preset" --rerun-failed --output-on-failure --timeout 300 -j 1 >"$log.again" 2>&1
        again=$(grep -cE '^ *[0-9]+/[0-9]+ Test +#.* Passed ' "$log.again")
        echo "needed a second run:" && grep -F '***' "$log" | grep -vF '***Skipped'
        ok=$((ok + again))
        cat "$log.again" >>"$log"
    fi
    passed=$((passed + ok))
    failed=$((failed + all - ok))
    if [ "$all" -eq 0 ]; then
        echo "no test ran; see $log"
        failed=$((failed + 1))
    fi
    if [ "$ok" -eq "$all" ]; then
        grep -E 'tests passed|^Total Test time' "$log"
    else
        cat "$log"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
