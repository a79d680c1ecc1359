#!/bin/sh
# SPDX-License-Identifier: MIT
# release_test.sh: when scripts/release.sh trains, what it leaves when something fails, and that run.sh measures what it makes. In a tree of its
# own, where building and running are pretended: `built` has a line for each build.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work" || exit 1
status=0
mkdir -p scripts bench sched io vm stdlib host cmake
touch CMakeLists.txt CMakePresets.json vm/process.c
cp "$root/scripts/release.sh" scripts/
cp -R "$root/bench/run.sh" "$root/bench/table" "$root/bench/harness" "$root/bench/apps" bench/
printf '%s\n' /build/ /built /cc /run.json >.gitignore

cat >cc <<'CC'
#!/bin/sh
echo "cc of the Free Software Foundation"
CC
cat >scripts/build.sh <<'BUILD'
#!/bin/sh
echo "$1${PROFILE:+ $PROFILE}" >>built
[ "$1" != "${BREAK:-}" ] || exit 1
[ "$1" != "${EDIT:-}" ] || { sleep 0.1 && touch vm/process.c && sleep 0.1; } # file times have the resolution of a clock tick
mkdir -p "build/$1"
cat >"build/$1/moonlet" <<'MOONLET'
#!/bin/sh
[ "$2" != "${FAIL:-}" ] || exit 1
case $0 in */training/*) mkdir -p "${0%/*}/profile" && touch "${0%/*}/profile/vm.gcda" ;; esac
echo "RESULT spawn 5 /s"
MOONLET
chmod +x "build/$1/moonlet"
BUILD
chmod +x cc scripts/build.sh
export CC="$work/cc"
unset MOONLET PROFILE

# builds <exit status> <what is built, a word each> <why> <command>...
builds()
{
    code=$1 expected=$2 why=$3
    shift 3
    : >built
    env "$@" >output 2>&1
    got=$?
    if [ $got -ne "$code" ] || [ "$(tr '\n' ',' <built)" != "$expected" ]; then
        echo "$why: exit status $got instead of $code, or not '$expected' was built but '$(tr '\n' ',' <built)':"
        cat output
        status=1
    fi
}

# check <why> <command>...
check()
{
    why=$1
    shift
    "$@" || { echo "$why" && status=1; }
}

builds 1 "training," "a training run fails" FAIL=tree scripts/release.sh
check "there is a binary that was not optimised" test ! -e build/release/moonlet
builds 1 "training,release use," "the last build fails" BREAK=release scripts/release.sh
builds 0 "training,release use," "the last build had failed" scripts/release.sh
check "the profile is not where the last build looks" test -e build/release/profile/vm.gcda
builds 0 "release use," "nothing has changed" scripts/release.sh
touch -d "10 seconds" vm/process.c
builds 1 "training," "a source has changed, the training build fails" BREAK=training scripts/release.sh
check "the old binary is gone" test -x build/release/moonlet
touch build/release/vm.c.o
builds 0 "training,release use," "a source has changed" scripts/release.sh
check "an object with the old profile is left" test ! -e build/release/vm.c.o
builds 0 "training,release use," "a source is newer than the training" scripts/release.sh
touch vm/process.c
builds 0 "training,release use," "a source changes meanwhile" EDIT=training scripts/release.sh
builds 0 "training,release use," "a source has changed meanwhile" scripts/release.sh

git init -q . && git add . && git -c user.name=test -c user.email=test@localhost commit -qm test || exit 1
builds 0 "release use," "run.sh with a binary there" bench/run.sh --quick --json run.json spawn
check "the commit is not in the figures" grep -qF "\"commit\": \"$(git describe --always)\"" run.json
echo "int x;" >>vm/process.c
touch -d "10 seconds" vm/process.c
builds 0 "training,release use," "run.sh after a change" bench/run.sh --quick --json run.json spawn
check "the commit is not marked as dirty" grep -qF "\"commit\": \"$(git describe --always)-dirty\"" run.json
builds 0 "" "run.sh with another binary" MOONLET="$work/build/training/moonlet" bench/run.sh --quick --json run.json spawn
check "the commit of a binary of elsewhere is told" grep -qF '"commit": "unknown' run.json
builds 1 "training," "run.sh when the training fails" FAIL=tree bench/run.sh --quick spawn
check "run.sh measured although the training failed" grep -qF "the benchmark tree failed" output
check "run.sh measured although the training failed" test -z "$(grep RESULT output)"
builds 0 "" "run.sh --list" bench/run.sh --list
exit $status
