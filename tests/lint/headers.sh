#!/bin/sh
# SPDX-License-Identifier: MIT
# headers.sh: every header compiles alone, so it names all it uses, and its guard is FOLDER_FILE_H.
. "$(dirname "$0")/lib.sh"

flags="-std=gnu17 -D_GNU_SOURCE -I. -Wall -Wextra -Wstrict-prototypes -Werror $(pkg-config --cflags lua5.3 liburing ck yaml-0.1 mpack)"
headers=$(layer_files | grep '\.h$')

# A header with static inline functions only must not warn for being compiled as the main file.
# shellcheck disable=SC2016 # $1 is the inner shell's
echo "$headers" | xargs -P "$(nproc)" -I{} sh -c \
    'echo "#include \"$1\"" | gcc '"$flags"' -fsyntax-only -x c - 2>&1 || echo "$1 does not compile alone"' sh {} | grep . &&
    status=1

for header in $headers; do
    guard=$(echo "$header" | tr 'a-z/.-' 'A-Z___')
    short=$(echo "$guard" | sed 's/^SCHED_BASE_/BASE_/; s/^VM_LANG_/LANG_/; s/^STDLIB_CXX_/CXX_/')
    grep -qE "^#ifndef ($guard|$short)\$" "$header" || complain "$header: no guard $guard"
done
exit $status
