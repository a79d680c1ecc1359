#!/bin/sh
# SPDX-License-Identifier: MIT
# format.sh: clang-format has nothing to change. To repair: clang-format -i <files>.
. "$(dirname "$0")/lib.sh"
# Many files a call: starting clang-format takes longer than reading a file. A shell adds what clang-format says nothing of, that it failed.
# shellcheck disable=SC2016 # $@ is the inner shell's
c_files | xargs -P "$(nproc)" -n 40 sh -c \
    'clang-format --dry-run -Werror "$@" 2>&1 || echo "clang-format: exit status $?"' sh | grep . &&
    status=1
exit $status
