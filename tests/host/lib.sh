# SPDX-License-Identifier: MIT
# lib.sh: for the scripts here. `. lib.sh` makes an empty project directory and goes there; $1 is the binary.
#
#   put <file>            writes standard input to a file of the project
#   run <args...>         runs the binary: exit code in $code, streams in the files out and err
#   start <args...>       the same in the background: pid in $pid; `finish [signal]` ends it
#   want_code <n>, want_out <text>, want_err <text>, want_no_err <text>, want_line <file> <n> <text>
case $1 in
/*) binary=$1 ;;
*) binary=$PWD/$1 ;;
esac
[ -x "$binary" ] || { echo "usage: sh $0 <path to moonlet>"; exit 2; }
project=$(mktemp -d "${TMPDIR:-/tmp}/moonlet_host.XXXXXX") || exit 2
cd "$project" || exit 2
trap 'rm -rf "$project"' EXIT
failed=0
pid=

put() {
    mkdir -p "$(dirname "$1")"
    cat >"$1"
}

clear_project() {
    rm -rf "$project"/src "$project"/*.lock "$project"/.[mw]*
}

run() {
    what="moonlet $*"
    timeout -s KILL $((60 * ${SLOWNESS:-1})) "$binary" "$@" >out 2>err </dev/null
    code=$?
}

start() {
    what="moonlet $*"
    rm -f out err # await must not read those of the run before
    "$binary" "$@" >out 2>err </dev/null &
    pid=$!
}

# Waits until a file holds a text.
await() {
    i=0
    while ! grep -qF -- "$2" "$1" 2>/dev/null; do
        i=$((i + 1))
        [ $i -lt $((400 * ${SLOWNESS:-1})) ] || { complain "'$2' never came in $1"; return 1; }
        kill -0 "$pid" 2>/dev/null || { grep -qF -- "$2" "$1" && return 0; complain "it ended before '$2' came in $1"; return 1; }
        sleep 0.05
    done
}

finish() {
    [ -z "$1" ] || kill -s "$1" "$pid"
    wait "$pid"
    code=$?
}

complain() {
    failed=1
    echo "FAILED: $what: $1"
    echo "--- out"; head -c 2000 out
    echo "--- err"; head -c 4000 err
    echo "---"
}

want_code() {
    [ "$code" -eq "$1" ] || complain "exit code $code instead of $1"
}

want_out() {
    grep -qF -- "$1" out || complain "standard output lacks '$1'"
}

want_err() {
    grep -qF -- "$1" err || complain "standard error lacks '$1'"
}

want_no_err() {
    ! grep -qF -- "$1" err || complain "standard error holds '$1'"
}

want_line() {
    [ "$(sed -n "$2p" "$1")" = "$3" ] || complain "line $2 of $1 is not '$3'"
}

want_empty() {
    [ ! -s "$1" ] || complain "$1 is not empty"
}

# The texts come in err in this order, each on a later line than the one before.
want_order() {
    at=0
    for text; do
        line=$(grep -nF -- "$text" err | cut -d: -f1 | awk -v at="$at" '$1 > at { print $1; exit }')
        [ -n "$line" ] || { complain "standard error lacks '$text' after line $at"; return; }
        at=$line
    done
}

# want_count <n> <text>: lines of err that hold the text.
want_count() {
    n=$(grep -cF -- "$2" err)
    [ "$n" -eq "$1" ] || complain "$n lines with '$2' instead of $1"
}

# A project with a process host and a terminal host; entries come from standard input.
project() {
    clear_project
    { cat <<'END'
namespace: app
entries:
  - {name: processes, kind: process.host, lifecycle: {auto_start: true}}
  - {name: terminal, kind: terminal.host, lifecycle: {auto_start: true}}
END
      cat; } | put src/_index.yaml
}

done_testing() {
    exit $failed
}
