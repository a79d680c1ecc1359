#!/bin/sh
# SPDX-License-Identifier: MIT
# http.sh <server> <port> [workers]: becomes one of the servers that an HTTP host is measured against, on the loopback address; a signal ends
# it. Each answers every request with the same 13 bytes and keeps the connection.
#
#   erlang      erlang/hello_http.erl     a process per connection, gen_tcp
#   go          go/http/http.go           net/http
#   node        node/http.js              node's http
#   nginx       nginx/static.conf.in      text of the configuration
#   nginx_lua   nginx/lua.conf.in         a Lua function of libnginx-mod-http-lua
#   BENCH_BUILT  folder of what is built and of what nginx writes (default: build/bench-peers)
#
# Exit 77: what the server needs is not installed, 2: wrong arguments. build.sh is not needed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
usage()
{
    sed -n '3,12s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

# need <program or file> <package>
need()
{
    command -v "$1" >/dev/null && return
    echo "$server: not installed (package $2)" >&2
    exit 77
}

# is_old <built> <source>
is_old() { [ -z "$(find "$1" -newer "$2" 2>/dev/null)" ]; }

# Makes what nginx reads of nginx/<name>.conf.in and becomes nginx.
be_nginx()
{
    run=$built/$server-$port
    mkdir -p "$run"
    sed "s,MODULES,$modules,; s/WORKERS/$workers/; s/PORT/$port/" "$here/nginx/$1.conf.in" >"$run/nginx.conf"
    exec nginx -p "$run" -c "$run/nginx.conf"
}

[ $# -eq 2 ] || [ $# -eq 3 ] || usage
server=$1 port=$2 workers=${3:-1}
case $port$workers in *[!0-9]*) usage ;; esac
PATH=$PATH:/usr/sbin # nginx is there
modules=/usr/lib/nginx/modules
built=${BENCH_BUILT:-$here/../../build/bench-peers}
mkdir -p "$built"
built=$(realpath "$built")

case $server in
erlang)
    need erlc erlang-base
    if is_old "$built/hello_http.beam" "$here/erlang/hello_http.erl"; then
        erlc -o "$built" "$here/erlang/hello_http.erl" >&2
    fi
    exec erl +S "$workers:$workers" -noshell -pa "$built" -run hello_http start "$port"
    ;;
go)
    need go golang-go
    if is_old "$built/gohttp" "$here/go/http/http.go"; then
        (cd "$here/go" && go build -o "$built/gohttp" ./http) >&2
    fi
    GOMAXPROCS=$workers exec "$built/gohttp" "127.0.0.1:$port"
    ;;
node)
    need node nodejs
    exec node "$here/node/http.js" "$port" "$workers"
    ;;
nginx)
    need nginx nginx-light
    be_nginx static
    ;;
nginx_lua)
    need nginx nginx-light
    need "$modules/ngx_http_lua_module.so" libnginx-mod-http-lua
    be_nginx lua
    ;;
*) usage ;;
esac
