#!/bin/sh
# SPDX-License-Identifier: MIT
# marks.sh: no marks of unfinished work in what is delivered.
. "$(dirname "$0")/lib.sh"
# The words are split so that this file does not find itself.
pattern='TO''DO|FIX''ME|XX''X|not implem''ented|unimplem''ented'
find . -path ./build -prune -o -path ./.git -prune -o \
    \( -name '*.[ch]' -o -name '*.cpp' -o -name '*.lua' -o -name '*.sh' -o -name '*.cmake' -o -name '*.md' \) -print |
    sort | xargs grep -nEi "\\b($pattern)\\b" && status=1
exit $status
