#!/bin/sh
# SPDX-License-Identifier: MIT
# test.sh: whether the workloads in Erlang and Go do their work, and fail when a part of it is left out: each is also built with a mistake in it.
# Tries what is installed; exit status 77 when nothing is.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work" || exit 1
limit=$((60 * ${SLOWNESS:-1}))
status=0
tried=

# build <peer> <folder>: the sources that are here
build()
{
    case $1 in
    erlang) cp bench.erl "$2/" && erlc -o "$2" "$2/bench.erl" ;;
    go) cp ./*.go go.mod "$2/" && (cd "$2" && go build -o gobench .) ;;
    esac
}

# run <peer> <folder> <workload> <argument>...
run()
{
    case $1 in
    erlang) shift && dir=$1 && shift && timeout "$limit" erl -noshell -pa "$dir" -run bench main "$@" ;;
    go) shift && dir=$1 && shift && timeout "$limit" "$dir/gobench" "$@" ;;
    esac
}

# right <peer> <workload> <argument>...: it prints a figure
right()
{
    peer=$1
    shift
    if ! run "$peer" good "$@" >output 2>&1 || ! grep -q "^RESULT $1" output; then
        echo "$peer: $* failed:"
        cat output
        status=1
    fi
}

# wrong <peer> <file> <sed script> <workload> <argument>...: with that change it fails, and not for it waits for ever
wrong()
{
    peer=$1 file=$2 script=$3
    shift 3
    cp "$file" kept
    sed "$script" kept >"$file"
    cmp -s kept "$file" && echo "$peer: $script changes nothing" && status=1
    rm -rf bad && mkdir bad
    if build "$peer" bad >output 2>&1; then
        run "$peer" bad "$@" >output 2>&1
        code=$?
        if [ $code -eq 0 ] || [ $code -eq 124 ] || grep -q '^RESULT' output; then
            echo "$peer: $* with $script: exit status $code"
            cat output
            status=1
        fi
    else
        echo "$peer: not built with $script:"
        cat output
        status=1
    fi
    cp kept "$file"
}

if command -v erlc >/dev/null && command -v erl >/dev/null; then
    tried=yes
    cp "$here/erlang/bench.erl" .
    mkdir good && build erlang good || exit 1
    right erlang spawn 200
    right erlang spawn_monitored 200
    right erlang ring 11 1000
    right erlang ring 5 10
    right erlang fanin 5 100
    right erlang broadcast 20 5
    right erlang timers 300
    right erlang preempt 5
    wrong erlang bench.erl 's/Me ! 1 end/Me ! 0 end/' spawn 200
    wrong erlang bench.erl 's/exit(N)/exit(1)/' spawn_monitored 200
    wrong erlang bench.erl 's/exit(N)/exit(killed)/' spawn_monitored 200
    wrong erlang bench.erl 's/{token, Left - 1}/{token, max(Left - 2, 0)}/' ring 11 1001
    wrong erlang bench.erl 's/Receiver ! I,/Receiver ! 1,/' fanin 5 100
    wrong erlang bench.erl 's/number => I,/number => 1,/' broadcast 20 5
    wrong erlang bench.erl 's/Right = Members \* Count/Right = 7 * Members * Count/' broadcast 20 5
    wrong erlang bench.erl 's/receive after Ms -> ok end/Ms/' timers 300
    wrong erlang bench.erl 's/receive after 10 -> ok end/ok/' preempt 5
    rm -rf good
fi
if command -v go >/dev/null; then
    tried=yes
    cp "$here"/go/*.go "$here/go/go.mod" .
    mkdir good && build go good || exit 1
    right go spawn 200
    right go ring 11 1000
    right go ring 5 10
    right go timers 300
    right go preempt 5
    wrong go bench.go 's/done <- 1/done <- 0/' spawn 200
    wrong go messages.go 's/out <- left - 1/out <- left - 2/' ring 11 1000
    wrong go clock.go 's/time.Sleep(delay)/_ = delay/' timers 300
    wrong go clock.go 's/time.Sleep(10 /_ = (10 /' preempt 5
fi
[ -n "$tried" ] || exit 77
exit $status
