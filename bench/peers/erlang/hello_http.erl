%% SPDX-License-Identifier: MIT
%% A greeting over HTTP/1.1: erl +S 1:1 -noshell -run hello_http start <port>
%% A process per connection, gen_tcp and the decoder of HTTP that the VM has; no framework.
-module(hello_http).
-export([start/1]).

-define(ACCEPTORS, 8).
-define(GREETING, <<"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!">>).

start([Port]) ->
    {ok, Listener} = gen_tcp:listen(list_to_integer(Port),
        [binary, {ip, {127, 0, 0, 1}}, {packet, http_bin}, {active, false}, {reuseaddr, true}, {backlog, 1024}, {nodelay, true}]),
    [spawn_link(fun() -> accept(Listener) end) || _ <- lists:seq(1, ?ACCEPTORS)],
    receive never -> ok end.

accept(Listener) ->
    {ok, Socket} = gen_tcp:accept(Listener),
    Pid = spawn(fun() -> receive go -> request(Socket) end end),
    ok = gen_tcp:controlling_process(Socket, Pid),
    Pid ! go,
    accept(Listener).

request(Socket) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, {http_request, _Method, _Path, _Version}} -> headers(Socket);
        _ -> gen_tcp:close(Socket)
    end.

headers(Socket) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, {http_header, _, _Name, _, _Value}} -> headers(Socket);
        {ok, http_eoh} -> gen_tcp:send(Socket, ?GREETING), request(Socket);
        _ -> gen_tcp:close(Socket)
    end.
