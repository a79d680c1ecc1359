#!/bin/sh
# SPDX-License-Identifier: MIT
# test.sh: whether the programs that run beside moonlet's benchmarks do their work, and fail when a part of it is left out: each is also run with a
# mistake in it. Tries what is installed; exit status 77 when nothing is.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work" || exit 1
export ERL_CRASH_DUMP_SECONDS=0 # no dump
limit=$((60 * ${SLOWNESS:-1}))
status=0

# build <peer> <folder>: of the sources in the folder of that name
build()
{
    case $1 in
    erlang) erlc -o "$2" erlang/bench.erl ;;
    go) (cd go && go build -ldflags '-s -w' -o "../$2/gobench" .) ;;
    floor) floor/build.sh "$work/$2" ;;
    lua) cp lua/*.lua "$2/" ;;
    esac
}

# run <peer> <folder> <workload> <argument>...
run()
{
    peer=$1 dir=$2
    shift 2
    case $peer in
    erlang) timeout "$limit" erl -noshell -pa "$dir" -run bench main "$@" ;;
    go) timeout "$limit" "$dir/gobench" "$@" ;;
    floor) timeout "$limit" "$dir/floor" "$@" ;;
    lua) program=$dir/$1.lua && shift && timeout "$limit" lua5.3 "$program" "$@" ;;
    esac
}

# complain <text>: with what was printed
complain()
{
    echo "$*:"
    head -n 20 output
    status=1
}

# right <peer> <arguments>: it prints a figure. What run.sh compares with other programs is in `checked` afterwards.
right()
{
    # shellcheck disable=SC2086 # a list of words
    if ! run "$1" "good/$1" $2 </dev/null >output 2>&1 || ! grep -Eq '^(RESULT|RUNNING) ' output; then
        complain "$1: $2 failed"
    fi
    checked=$(grep '^CHECK' output)
}

# wrong <peer> <arguments> <file> <sed script>: with that change it fails, and not for it waits for ever; or what it says to have checked is other
wrong()
{
    cp "$1/$3" kept
    sed "$4" kept >"$1/$3"
    cmp -s kept "$1/$3" && complain "$1: $4 changes nothing in $3"
    rm -rf bad && mkdir bad
    if build "$1" bad >output 2>&1; then
        # shellcheck disable=SC2086 # a list of words
        run "$1" bad $2 </dev/null >output 2>&1
        code=$?
        if [ $code -eq 124 ] || { [ $code -eq 0 ] && [ "$(grep '^CHECK' output)" = "$checked" ]; }; then
            complain "$1: $2 with $4: exit status $code"
        fi
    else
        complain "$1: not built with $4"
    fi
    cp kept "$1/$3"
}

# have <peer> <folder> <program>: whether it can be had; then it is built
have()
{
    command -v "$3" >/dev/null || { echo "skipped: $3 is not installed" && return; }
    cp -r "$2" "$1"
    mkdir -p "good/$1"
    build "$1" "good/$1" >output 2>&1 || { complain "$1: not built" && return; }
    peers="$peers $1"
}

peers=
have erlang "$here/erlang" erlc
have go "$here/go" go
have floor "$here/../floor" cc
have lua "$here/lua" lua5.3
[ "$peers$status" != 0 ] || exit 77

# What a row of the table runs beside moonlet has a mistake below.
while IFS='|' read -r name _ arguments beside _; do
    case $name in '' | '#'*) continue ;; esac
    # shellcheck disable=SC2086 # one space between words
    arguments=$(echo $arguments | sed 's/^workers=[0-9]* //')
    for peer in $beside; do
        [ "$peer" = lua5.3 ] && continue # they share their text with the application, and run.sh compares the results
        grep -qF "$peer|$arguments|" "$here/test.sh" || complain "$peer: no mistake in $arguments"
    done
done <"$here/../table"

# peer|workload and arguments|file|mistake. A cold start has nothing to check. In growth the second of nine portions goes wrong, and no other.
last=
while IFS='|' read -r peer arguments file script; do
    case "$peers " in *" $peer "*) ;; *) continue ;; esac
    [ "$last" = "$peer $arguments" ] || right "$peer" "$arguments"
    last="$peer $arguments"
    [ -z "$script" ] || wrong "$peer" "$arguments" "$file" "$script"
done <<'LIST'
erlang|spawn 200|bench.erl|s/F = fun() -> Me ! 1/F = fun() -> Me ! 0/
erlang|spawn_monitored 200|bench.erl|s/exit(N)/exit(1)/
erlang|spawn_monitored 200|bench.erl|s/exit(N)/exit(killed)/
erlang|idle_bytes 200|bench.erl|s/From ! {value, Value}/From ! {value, 1}/
erlang|tree 100|bench.erl|s/Parent ! {sum, First}/Parent ! {sum, 0}/
erlang|cold_start||
erlang|pingpong 1 500|bench.erl|s/From ! {pong, N}/From ! {pong, 1}/
erlang|pingpong 20 20|bench.erl|s/From ! {pong, N}/From ! {pong, 1}/
erlang|pingpong 1 500 table|bench.erl|s/#{id => N, name => <<"ping">>/#{id => 1, name => <<"ping">>/
erlang|pingpong 1 500 table|bench.erl|s/name => <<"ping">>/name => <<"pong">>/
erlang|pingpong 20 20 table|bench.erl|s/share => N \* 0.5/share => 0.5/
erlang|ring 11 1000|bench.erl|s/{token, Left - 1}/{token, max(Left - 3, 0)}/
erlang|ring 5 10|bench.erl|s/{token, Left - 1}/{token, Left div 2}/
erlang|fanin 5 100|bench.erl|s/Receiver ! I,/Receiver ! 1,/
erlang|big 20 20|bench.erl|s/From ! answer,/From ! answer, From ! answer,/
erlang|chameneos 3 200|bench.erl|s/First ! {met, Second,/First ! {met, First,/
erlang|chameneos 3 200|bench.erl|s/Other, Met + 1)/Other, Met)/
erlang|payload 1k 14 50|bench.erl|s/From ! {value, Value}/From ! {value, tl(Value) ++ [hd(Value)]}/
erlang|payload 64k 870 3|bench.erl|s/From ! {value, Value}/From ! {value, [V#{tags := []} || V <- Value]}/
erlang|broadcast 20 5|bench.erl|s/number => I,/number => 1,/
erlang|broadcast 20 5|bench.erl|s/Right = Members \* Count/Right = 7 * Members * Count/
erlang|timers 300|bench.erl|s/receive after Ms -> ok end/Ms/
erlang|preempt 5|bench.erl|s/receive after 10 -> ok end/ok/
erlang|gc_pause 4 1|bench.erl|s/I := record(N)}/I := (record(N))#{tags := {N, N}}}/
erlang|gc_pause 4 1|bench.erl|s/Replaced + 1000/Replaced/
erlang|scaling 4 10|bench.erl|s/fib(N - 1) + fib(N - 2)/fib(N - 1) + fib(N - 1)/
erlang|growth 2000|bench.erl|s/seconds(Work) || _/seconds(fun() -> P =:= 2 andalso (self() ! 2), Work() end) || P/
erlang|growth 2000|bench.erl|s/^    echo()\.$/[receive {F, V} -> F ! {value, V} end || _ <- [1, 2, 3]], receive {F, _} -> F ! {value, 0} end, &/
erlang|growth 2000|bench.erl|s/seconds(Work) || _/seconds(fun() -> put(p, P), Work() end) || P/;s/start_timer(3600000,/start_timer(3600000 * abs(get(p) - 2),/
go|spawn 200|bench.go|s/done <- 1/done <- 0/
go|idle_bytes 200|clock.go|s/v.answer <- v.value/v.answer <- 0/
go|tree 100|bench.go|s/out <- first/out <- 0/
go|cold_start||
go|pingpong 1 500|messages.go|s/there <- next(j)/there <- next(j + 1)/
go|pingpong 20 20|messages.go|s/there <- next(j)/there <- next(j + 1)/
go|pingpong 1 500 table|messages.go|s/fields{i,/fields{rand.Int(),/
go|pingpong 20 20 table|messages.go|s/float64(i) \* 0.5}/rand.Float64()}/
go|ring 11 1000|messages.go|s/out <- left - 1/out <- left - 2/
go|ring 5 10|messages.go|s/out <- left - 1/out <- left \/ 2/
go|fanin 5 100|messages.go|s/numbers <- j/numbers <- 1/
go|big 20 20|messages.go|s/got.from <- letter{nil, true}/&; &/
go|chameneos 3 200|messages.go|s/first.met <- second/first.met <- first/
go|chameneos 3 200|messages.go|s/met++/met += 2/
go|payload 1k 14 50|messages.go|s/item{v.id, strings.Clone(v.name), v.score,/item{v.id, "user_1", v.score,/
go|payload 64k 870 3|messages.go|s/tags\[j\] = strings/tags[j\/2] = strings/
go|select 20|messages.go|s/out <- j/out <- 1/
go|timers 300|clock.go|s/time.Sleep(delay)/_ = delay/
go|preempt 5|clock.go|s/time.Sleep(10 /_ = (10 /
go|gc_pause 4 1|bench.go|s/= newRecord(n)/= \&record{n, "record", nil}/
go|gc_pause 4 1|bench.go|s/group := n + 1000/group := n/
go|scaling 4 10|clock.go|s/fib(n-1) + fib(n-2)/fib(n-1) + fib(n-1)/
go|growth 2000|bench.go|s/^func startAndEnd/var ended int; &/;s/sum += <-done/&; if ended++; ended == 3000 { sum++ }/
go|growth 2000|clock.go|s/for v := range requests {/asked := 0; & if asked++; asked == 4 { v.value = 0 };/
go|growth 2000|clock.go|s/^func growth/var set int; &/;s/timers\[i\] = time.NewTimer(time.Hour)/&; if set++; set == 3000 { timers[i].Stop() }/
floor|spawn_monitored 200|watch.c|s/lua_pushinteger(L, ended)/lua_pushinteger(L, 1)/
floor|pingpong 1 500|switch.c|s/left - 1/left - 2/
floor|pingpong 1 500 table|trade.c|s/lua_pushnumber(L, field->number)/lua_pushnumber(L, 0)/
floor|ring 11 1000|switch.c|s/left - 1/left - 2/
floor|ring 11 1000 inbox|switch.c|s/left - 1/left - 2/
floor|payload 1k 14 50|payload.c|s/lua_pushnumber(to, /lua_pushnumber(to, 1 + /
floor|payload 64k 870 3|payload.c|s/lua_pushlstring(to, text, length)/lua_pushlstring(to, text, length - 1)/
floor|least 1k 14 50|least.c|s/i < 3; i++/i < 2; i++/
floor|broadcast 20 5|broadcast.c|s/lua_pushinteger(to, field->number)/lua_pushinteger(to, 1)/
floor|timers 300|sleepers.c|s/now = (ms + 1) \* LIVES_MS/now = ms * LIVES_MS/
floor|timers 300|sleepers.c|s/ns) \/ LIVES_MS + 1/ns) \/ LIVES_MS/
floor|timers 300|sleepers.c|s/lua_pushinteger(L, company->report)/lua_pushinteger(L, -1)/
floor|timers 300|sleepers.c|s/^    ((struct company \*)lives)->report = late_us;/    (void)late_us; (void)lives;/
floor|timers 300|lives.c|s/push_ns(L, ns_of(L, 1) - ns_of(L, 2))/push_ns(L, ns_of(L, 2) - ns_of(L, 1))/
floor|timers 300|states.c|s/return began - ms/return 0/
floor|growth 2000|states.c|s/value = receive(value)/&; asked = (asked or 0) + 1; if asked == 4 then value = 0 end/
floor|fetch 100 4352 68|fetch.c|s/line \* LINE) = 1/line * LINE) = line < 60/
floor|memory 1000|memory.c|s/at\[line \* step\]++/at[0]++/
floor|memory 1000|memory.c|s/image, (size_t)state->copied)/image, (size_t)state->copied \/ 2)/
lua|scaling 1 4 10|scaling.lua|s/sum = sum + fib/sum = fib/
LIST
exit $status
