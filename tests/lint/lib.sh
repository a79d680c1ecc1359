# SPDX-License-Identifier: MIT
# Sourced by the lint tests: goes to the root of the project and names the files to look at.
# shellcheck shell=sh
cd "$(dirname "$0")/../.." || exit 1

layers="sched io vm stdlib host"
status=0

# complain <text>: one finding.
complain()
{
    echo "$*"
    status=1
}

# The C and C++ files of the layers; of the whole project.
layer_files()
{
    # shellcheck disable=SC2086 # a list of words
    find $layers \( -name '*.[ch]' -o -name '*.cpp' \) | sort
}
c_files()
{
    find . -path ./build -prune -o -path ./.git -prune -o \( -name '*.[ch]' -o -name '*.cpp' \) -print | sort
}
