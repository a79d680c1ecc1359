#!/bin/sh
# SPDX-License-Identifier: MIT
# test.sh: whether instructions.sh makes the right figures of what is counted, here by a stand-in for callgrind, and says what it cannot do. Where valgrind
# is installed it counts one workload, too. Needs MOONLET.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../harness/expect.sh"

# counted <argument>...: by the stand-ins
counted()
{
    # shellcheck disable=SC2317 # expect calls it
    PATH="$work/fake:$PATH" "$here/instructions.sh" "$@"
}

mkdir fake few
# The last word is how often the workload does what it does: 100 instructions, 5 lines, 1 of them not in the second cache.
# shellcheck disable=SC2016 # for the stand-in
stand_in fake/valgrind '
for word; do
    case $word in
    --callgrind-out-file=*) file=${word#*=} ;;
    */none) echo "none: not found" && exit 127 ;;
    esac
    count=$word
done
echo "events: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw" >"$file"
echo "totals: $((100 * count + 7)) 1 1 1 $((3 * count)) $((2 * count)) 1 $count 0" >>"$file"'
# shellcheck disable=SC2016 # for the stand-in
stand_in fake/callgrind_annotate "$(cat <<'END'
for word; do file=$word; done
awk '/^totals/ { printf "%d,%03d (100.0%%)  vm/work.c:work [/bin/moonlet]\n", $2 / 1000, $2 % 1000 }' "$file"
END
)"
expect 0 "spawn	100	instructions" counted moonlet spawn
expect 0 "spawn_lines	5.0	lines" counted moonlet spawn
expect 0 "spawn_lines_l2	1.0	lines" counted moonlet ring spawn
[ "$(grep -c "^ring	100	instructions" output) $(wc -l <output)" = "1 6" ] || { echo "not two workloads:" && cat output && status=1; }
expect 0 "     100.0  vm/work.c:work" counted -f moonlet spawn
expect 1 "none: not found" counted none spawn
expect 2 "no workload is named nothing" counted moonlet spawn nothing
expect 2 "instructions.sh [-f] <moonlet> [name...]" "$here/instructions.sh"
ln -s "$(command -v dirname)" few/dirname
expect 1 "valgrind is missing: apt-get install valgrind" env PATH="$work/few" "$here/instructions.sh" moonlet spawn

if command -v valgrind >/dev/null; then
    expect 0 "spawn	" "$here/instructions.sh" "$MOONLET" spawn
    awk '$1 == "spawn" && $2 > 1000 { found = 1 } END { exit !found }' output || { echo "too few instructions:" && cat output && status=1; }
else
    echo "no valgrind here: no workload was counted"
fi
exit $status
