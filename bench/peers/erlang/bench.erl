%% SPDX-License-Identifier: MIT
%% The workloads of bench/apps in Erlang: erl -noshell -run bench main <workload> [arguments]
%% Every figure is printed as: RESULT <metric> <value> <unit>
-module(bench).
-export([main/1]).

main([Workload | Args]) ->
    run(Workload, [list_to_integer(A) || A <- Args]),
    halt(0).

run("spawn", [N]) ->
    Me = self(),
    F = fun() -> Me ! done end,
    T = seconds(fun() -> repeat(N, fun() -> spawn(F) end), await(N, done) end),
    result("spawn", N / T, "/s");

run("spawn_monitored", [N]) ->
    T = seconds(fun() -> repeat(N, fun() -> spawn_monitor(fun() -> ok end) end), await_down(N) end),
    result("spawn_monitored", N / T, "/s");

run("idle_bytes", [N]) ->
    Me = self(),
    garbage_collect(),
    Before = resident_bytes(),
    T = seconds(fun() ->
        repeat(N, fun() -> spawn(fun() -> Me ! up, receive stop -> ok end end) end),
        await(N, up) end),
    garbage_collect(),
    timer:sleep(300),
    result("idle_bytes", (resident_bytes() - Before) / N, "B"),
    result("idle_create", N / T, "/s");

run("pingpong", [Pairs, Trips]) ->
    Me = self(),
    T = seconds(fun() ->
        repeat(Pairs, fun() ->
            Pong = spawn(fun pong/0),
            spawn(fun() -> ping(Pong, Trips), Pong ! stop, Me ! done end) end),
        await(Pairs, done) end),
    result("pingpong_" ++ integer_to_list(Pairs), Pairs * Trips / T, "round trips/s");

run("ring", [Size, Hops]) ->
    Me = self(),
    First = spawn(fun() -> receive {next, Next} -> node(Next, Me) end end),
    Last = lists:foldl(fun(_, Next) -> spawn(fun() -> node(Next, Me) end) end, First, lists:seq(2, Size)),
    First ! {next, Last},
    T = seconds(fun() -> First ! {token, Hops}, await(1, done) end),
    result("ring", Hops / T, "hops/s");

run("fanin", [Senders, Count]) ->
    Me = self(),
    T = seconds(fun() ->
        Receiver = spawn(fun() -> await(Senders * Count, message), Me ! done end),
        repeat(Senders, fun() -> spawn(fun() -> repeat(Count, fun() -> Receiver ! message end) end) end),
        await(1, done) end),
    result("fanin", Senders * Count / T, "messages/s");

run("preempt", [Samples]) ->
    repeat(erlang:system_info(schedulers_online), fun() -> spawn(fun() -> spin(0) end) end),
    Late = lists:sort([begin
        T0 = now_us(),
        receive after 10 -> ok end,
        now_us() - T0 - 10000
    end || _ <- lists:seq(1, Samples)]),
    result("preempt_p50", lists:nth((Samples + 1) div 2, Late), "us"),
    result("preempt_p99", lists:nth(max(1, Samples * 99 div 100), Late), "us"),
    result("preempt_max", lists:last(Late), "us");

run("gc_pause", [Megabytes, Seconds]) ->
    Me = self(),
    Count = Megabytes * 1000000 div 200,
    Churn = spawn(fun() ->
        Records = maps:from_list([{I, record(I)} || I <- lists:seq(1, Count)]),
        Me ! full,
        churn(Records, Count, 0, Me)
    end),
    await(1, full),
    Start = now_us(),
    Gap = canary(Start + Seconds * 1000000, Start, 0),
    Churn ! stop,
    Replaced = receive {replaced, R} -> R end,
    result("gc_pause", Gap, "us"),
    result("gc_churn", Replaced / Seconds, "records/s").

pong() ->
    receive
        {From, ping, N} -> From ! {pong, N}, pong();
        stop -> ok
    end.

ping(_, 0) -> ok;
ping(Pong, N) ->
    Pong ! {self(), ping, N},
    receive {pong, N} -> ping(Pong, N - 1) end.

node(Next, Parent) ->
    receive
        {token, 0} -> Parent ! done;
        {token, Left} -> Next ! {token, Left - 1}, node(Next, Parent)
    end.

spin(X) -> spin((X * 1103515245 + 12345) band 16#7fffffff).

record(I) -> #{id => I, name => <<"record ", (integer_to_binary(I))/binary>>, tags => {I, I + 1}}.

churn(Records, Count, Replaced, Parent) ->
    receive
        stop -> Parent ! {replaced, Replaced}
    after 0 ->
        churn(replace(Records, Count, Replaced, 1000), Count, Replaced + 1000, Parent)
    end.

replace(Records, _, _, 0) -> Records;
replace(Records, Count, Replaced, Left) ->
    I = (Replaced + Left) * 7919 rem Count + 1,
    replace(Records#{I := record(I)}, Count, Replaced, Left - 1).

canary(Finish, Last, Largest) when Last >= Finish -> Largest;
canary(Finish, Last, Largest) ->
    receive after 1 -> ok end,
    Now = now_us(),
    canary(Finish, Now, max(Largest, Now - Last)).

repeat(0, _) -> ok;
repeat(N, F) -> F(), repeat(N - 1, F).

await(0, _) -> ok;
await(N, Message) -> receive Message -> await(N - 1, Message) end.

await_down(0) -> ok;
await_down(N) -> receive {'DOWN', _, _, _, _} -> await_down(N - 1) end.

now_us() -> erlang:monotonic_time(microsecond).

seconds(F) ->
    T0 = now_us(),
    F(),
    (now_us() - T0) / 1.0e6.

resident_bytes() ->
    {ok, Status} = file:read_file("/proc/self/status"),
    {match, [Kilobytes]} = re:run(Status, "VmRSS:\\s+(\\d+) kB", [{capture, [1], list}]),
    list_to_integer(Kilobytes) * 1024.

result(Metric, Value, Unit) -> io:format("RESULT ~s ~.3f ~s~n", [Metric, float(Value), Unit]).
