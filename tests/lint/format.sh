#!/bin/sh
# SPDX-License-Identifier: MIT
# format.sh: clang-format has nothing to change. To repair: clang-format -i <files>.
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2016 # $1 is the inner shell's
c_files | xargs -P "$(nproc)" -n 1 sh -c \
    'clang-format --dry-run -Werror "$1" >/dev/null 2>&1 || echo "$1: clang-format has something to change"' sh | grep . &&
    status=1
exit $status
