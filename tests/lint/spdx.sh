#!/bin/sh
# SPDX-License-Identifier: MIT
# spdx.sh: the licence line is the first line of every C file and among the first two of scripts and CMake files.
. "$(dirname "$0")/lib.sh"
for file in $(c_files); do
    head -n 1 "$file" | grep -qF '/* SPDX-License-Identifier: MIT */' || complain "$file: no SPDX line"
done
for file in $(find . -path ./build -prune -o -path ./.git -prune -o \
    \( -name '*.sh' -o -name '*.cmake' -o -name CMakeLists.txt -o -path './.ci/run' \) -print | sort); do
    head -n 2 "$file" | grep -qF '# SPDX-License-Identifier: MIT' || complain "$file: no SPDX line"
done
exit $status
