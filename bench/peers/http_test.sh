#!/bin/bash
# SPDX-License-Identifier: MIT
# http_test.sh: starts each server of http.sh that can be had and looks at what it answers: to one request, to another one on the same
# connection, and to two that are sent at once. Exit 77: none can be had. SLOWNESS: how many times as long to wait for an answer.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=
seconds=$((30 * ${SLOWNESS:-1}))
export BENCH_BUILT=$work
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
status=0 tested=0

stop()
{
    [ -z "$server" ] && return
    kill "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    server=
}

complain()
{
    echo "$name: $*"
    cat "$work/log"
    status=1
    return 1
}

open() { { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; }

# A port at which nobody listens. Somebody may take it before the server does; then the server ends, and another port is tried.
choose_port()
{
    port=$((20000 + RANDOM % 10000))
    while open; do
        exec 3>&-
        port=$((20000 + RANDOM % 10000))
    done
}

# Starts it and waits until it answers; 77: it cannot be had.
start()
{
    local try code until=$((SECONDS + 2 * seconds))
    for try in 1 2 3 4 5; do
        choose_port
        "$here/http.sh" "$name" "$port" >"$work/log" 2>&1 &
        server=$!
        while kill -0 "$server" 2>/dev/null; do
            open && return 0
            [ $SECONDS -lt $until ] || complain "nobody listens at port $port" || return
            sleep 0.05
        done
        wait "$server"
        code=$?
        server=
        [ $code -eq 77 ] && return 77
    done
    complain "does not start (tried $try ports)"
}

# One line of an answer, without its end.
get_line()
{
    IFS= read -r -t "$seconds" -u 3 line || return 1
    line=${line%$'\r'}
}

# Reads one whole answer, so that what comes after it is the next one.
check_answer()
{
    local length='' type='' body=''
    get_line || complain "no answer $1" || return
    [ "$line" = "HTTP/1.1 200 OK" ] || complain "status '$line' $1" || return
    while get_line && [ -n "$line" ]; do
        line=${line,,}
        case $line in
        content-length:*) length=${line#*: } ;;
        content-type:*) type=${line#*: } ;;
        connection:*close*) complain "wants to close the connection $1" || return ;;
        esac
    done
    [ "$length" = 13 ] || complain "content-length '$length' $1" || return
    [[ $type == text/plain* ]] || complain "content-type '$type' $1" || return
    read -r -t "$seconds" -N 13 -u 3 body || complain "the body ends early $1" || return
    [ "$body" = "Hello, World!" ] || complain "body '$body' $1"
}

# ask <how many at once>
ask()
{
    local requests='' i
    for ((i = 0; i < $1; i++)); do
        requests+=$'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
    done
    printf %s "$requests" >&3
}

check()
{
    ask 1
    check_answer "to the first request" || return
    ask 1
    check_answer "to the second request of the connection" || return
    ask 2
    check_answer "to the first of two at once" || return
    check_answer "to the second of two at once"
}

for name in erlang go node nginx nginx_lua; do
    start
    case $? in
    0)
        check
        exec 3>&-
        tested=$((tested + 1))
        stop
        ;;
    77) sed 's/^/skipped: /' "$work/log" ;;
    esac
done
if "$here/http.sh" apache 8080 >"$work/log" 2>&1 || ! grep -q 'nginx_lua' "$work/log"; then
    echo "http.sh does not tell which servers there are" && status=1
fi
[ $tested -gt 0 ] || exit 77
exit $status
