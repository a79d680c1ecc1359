%% SPDX-License-Identifier: MIT
%% The workloads of bench/apps in Erlang: erl -noshell -run bench main <workload> [arguments]
%% Every figure is printed as: RESULT <metric> <value> <unit>
%% Numbers, fields, messages and checks are those of the application of that name. What differs: a message that wants an answer has the PID of its
%% sender in it, which moonlet's tell anyway; texts of more than 64 bytes are shared, not copied; mailboxes have no end; a process that is watched
%% tells its number by the reason of its exit; and the records of gc_pause are in a map, which is copied in part where others write into a table.
-module(bench).
-export([main/1, fib/1]).

-define(PORTIONS, 9). % of a measurement of growth

main([Workload | Args]) ->
    process_flag(trap_exit, false), % whoever is linked takes the program along when it fails
    run(Workload, [argument(A) || A <- Args]),
    halt(0).

argument(Text) ->
    try list_to_integer(Text) catch error:badarg -> Text end.

run("spawn", [N]) ->
    Me = self(),
    F = fun() -> Me ! 1 end,
    T = seconds(fun() -> repeat(N, fun() -> spawn(F) end), N = sum(N, 0) end),
    result("spawn", N / T, "/s");

run("spawn_monitored", [N]) ->
    Right = N * (N + 1) div 2,
    T = seconds(fun() -> spawn_all(N), Right = sum_exits(N, 0) end),
    result("spawn_monitored", N / T, "/s");

run("idle_bytes", [N]) ->
    garbage_collect(),
    Before = resident_bytes(),
    {T, Pids} = timed(fun() ->
        Made = list_to_tuple([spawn(fun echo/0) || _ <- lists:seq(1, N)]),
        1 = ask(element(N, Made), 1), % the last to be started runs: so do all
        Made end),
    garbage_collect(),
    timer:sleep(300),
    After = resident_bytes(),
    0 = lists:sum([ask(element(I, Pids), I) - I || I <- lists:seq(1, N, 97)]),
    result("idle_bytes", (After - Before) / N, "B"),
    result("idle_create", N / T, "/s");

run("pingpong", [Pairs, Trips]) ->
    pingpong("pingpong_", fun ping/3, Pairs, Trips);

run("pingpong", [Pairs, Trips, "table"]) ->
    pingpong("pingpong_table_", fun ping_map/3, Pairs, Trips);

run("ring", [Size, Hops]) ->
    Me = self(),
    First = spawn(fun() -> receive {next, Next} -> node(Next, Me) end end),
    Ring = lists:foldl(fun(_, [Next | _] = Made) -> [spawn(fun() -> node(Next, Me) end) | Made] end, [First], lists:seq(2, Size)),
    First ! {next, hd(Ring)},
    Last = lists:nth((Hops + Size - 1) rem Size + 1, Ring),
    T = seconds(fun() -> First ! {token, Hops}, Last = receive {done, Pid} -> Pid end end),
    result("ring", Hops / T, "hops/s");

run("fanin", [Senders, Count]) ->
    Me = self(),
    Right = Senders * (Count * (Count + 1) div 2),
    T = seconds(fun() ->
        Receiver = spawn(fun() -> Me ! {sum, sum(Senders * Count, 0)} end),
        repeat(Senders, fun() -> spawn(fun() -> send_numbers(Receiver, 1, Count) end) end),
        Right = sum(1, 0) end),
    result("fanin", Senders * Count / T, "messages/s");

run("big", [Size, Count]) ->
    Me = self(),
    Pids = [spawn(fun() -> receive {peers, Peers} -> big_send(Peers, Count), big(Me, Count, 0, 0) end end)
            || _ <- lists:seq(1, Size)],
    Peers = list_to_tuple(Pids),
    T = seconds(fun() -> [P ! {peers, Peers} || P <- Pids], await(Size, done) end),
    [P ! stop || P <- Pids],
    Total = 2 * Size * Count,
    Total = sum(Size, 0),
    result("big", Total / T, "messages/s");

run("chameneos", [Creatures, Meetings]) ->
    Me = self(),
    T = seconds(fun() ->
        Broker = spawn(fun() -> broker(Creatures, Meetings) end),
        [spawn(fun() -> creature(Me, Broker, I rem 3, 0) end) || I <- lists:seq(1, Creatures)],
        Met = 2 * Meetings,
        Met = sum(Creatures, 0) end),
    result("chameneos", Meetings / T, "meetings/s");

run("tree", [Leaves]) ->
    Me = self(),
    Right = Leaves * (Leaves - 1) div 2,
    T = seconds(fun() -> spawn(fun() -> tree(Me, 0, Leaves) end), Right = sum(1, 0) end),
    result("tree_" ++ label(Leaves), Leaves / T, "leaves/s");

run("payload", [Name, Items, Trips]) ->
    Me = self(),
    Payload = [#{id => I, name => <<"user_", (integer_to_binary(I))/binary>>, score => I * 1.5,
                 tags => [<<"alpha">>, <<"beta">>, <<"gamma">>]} || I <- lists:seq(1, Items)],
    Echo = spawn(fun echo/0),
    %% in a process of its own, for the heap of the first one is another
    spawn_link(fun() ->
        Warm = trips(Echo, Payload, 1),
        {T, Back} = timed(fun() -> trips(Echo, Warm, Trips) end),
        true = Back =:= Payload, % every field of every record
        Me ! {took, T}
    end),
    receive {took, Seconds} -> result("payload_" ++ Name, Seconds * 1.0e6 / (2 * Trips), "us") end;

run("broadcast", [Members, Count]) ->
    Me = self(),
    {ok, _} = pg:start_link(),
    Pids = [spawn(fun() -> ok = pg:join(news, self()), Me ! ready, member(Me, Count) end) || _ <- lists:seq(1, Members)],
    await(Members, ready),
    Members = length(pg:get_members(news)),
    Text = binary:copy(<<"breaking news, ">>, 60), % a binary of more than 64 bytes is shared
    Right = Members * Count * byte_size(Text),
    Shared = fun(I) -> send_each(pg:get_members(news), {news, #{number => I, text => Text}}) end,
    broadcast(Members, Count, Right, Shared), % the first round pays for the growth of all heaps, whichever it is of
    AtOnce = broadcast(Members, Count, Right, Shared),
    Each = broadcast(Members, Count, Right, fun(I) -> send_each(Pids, {news, #{number => I, text => Text}}) end),
    result("broadcast", AtOnce, "ns"),
    result("broadcast_send", Each, "ns");

run("timers", [Count]) ->
    Me = self(),
    Cpu = cpu_us(),
    spawn(fun() -> [spawn(fun() -> sleeper(Me, I * 7919 rem 1001) end) || I <- lists:seq(1, Count)] end),
    Late0 = [receive {late, Us} -> Us end || _ <- lists:seq(1, Count)],
    Used = cpu_us() - Cpu,
    Late = never_early(lists:sort(Late0)),
    Name = "timers_" ++ label(Count),
    result(Name ++ "_cpu", Used / Count, "us"),
    result(Name ++ "_p50", lists:nth((Count + 1) div 2, Late), "us"),
    result(Name ++ "_p99", lists:nth(max(1, Count * 99 div 100), Late), "us"),
    result(Name ++ "_max", lists:last(Late), "us");

run("scaling", [Jobs, N]) ->
    Me = self(),
    {T, Sum} = timed(fun() ->
        repeat(Jobs, fun() -> spawn(fun() -> Me ! fib(N) end) end),
        sum(Jobs, 0) end),
    io:format("CHECK ~p~n", [Sum]),
    result("scaling_" ++ integer_to_list(erlang:system_info(schedulers_online)), T * 1000, "ms");

run("cold_start", []) ->
    io:format("RUNNING cold_start ~p~n", [os:system_time(nanosecond)]);

run("growth", [Most]) ->
    growth([], 0, min(1000, Most), Most);

run("preempt", [Samples]) ->
    Me = self(),
    Spinners = erlang:system_info(schedulers_online),
    repeat(Spinners, fun() -> spawn(fun() -> Me ! spinning, spin(0) end) end),
    await(Spinners, spinning),
    Late = never_early(lists:sort([begin
        T0 = now_us(),
        receive after 10 -> ok end,
        now_us() - T0 - 10000
    end || _ <- lists:seq(1, Samples)])),
    result("preempt_p50", lists:nth((Samples + 1) div 2, Late), "us"),
    result("preempt_p99", lists:nth(max(1, Samples * 99 div 100), Late), "us"),
    result("preempt_max", lists:last(Late), "us");

run("gc_pause", [Megabytes, Seconds]) ->
    Me = self(),
    Count = Megabytes * 1000000 div 200,
    Churn = spawn_link(fun() ->
        Records = maps:from_list([{I, record(I)} || I <- lists:seq(1, Count)]),
        Me ! full,
        churn(Records, Count, 0, Me)
    end),
    await(1, full),
    Start = now_us(),
    Gap = canary(Start + Seconds * 1000000, Start, 0),
    Churn ! stop,
    Replaced = receive {replaced, R} -> R end,
    true = Replaced > 0,
    result("gc_pause", Gap, "us"),
    result("gc_churn", Replaced / Seconds, "records/s").

pingpong(Metric, Ping, Pairs, Trips) ->
    Me = self(),
    Right = Pairs * Trips,
    T = seconds(fun() ->
        repeat(Pairs, fun() ->
            Pong = spawn(fun pong/0),
            spawn(fun() -> Me ! Ping(Pong, Trips, 0), Pong ! stop end) end),
        Right = sum(Pairs, 0) end),
    result(Metric ++ integer_to_list(Pairs), Right / T, "round trips/s").

pong() ->
    receive
        {From, ping, N} -> From ! {pong, N}, pong();
        stop -> ok
    end.

%% How many answers were right.
ping(_, 0, Right) -> Right;
ping(Pong, N, Right) ->
    Pong ! {self(), ping, N},
    receive
        {pong, N} -> ping(Pong, N - 1, Right + 1);
        {pong, _} -> ping(Pong, N - 1, Right)
    end.

ping_map(_, 0, Right) -> Right;
ping_map(Pong, N, Right) ->
    Pong ! {self(), ping, #{id => N, name => <<"ping">>, share => N * 0.5}},
    receive
        {pong, #{id := N, name := <<"ping">>, share := Share}} when Share =:= N * 0.5 -> ping_map(Pong, N - 1, Right + 1);
        {pong, _} -> ping_map(Pong, N - 1, Right)
    end.

big_send(_, 0) -> ok;
big_send(Peers, Count) ->
    element(rand:uniform(tuple_size(Peers)), Peers) ! {self(), ping},
    big_send(Peers, Count - 1).

big(Parent, Count, Answers, Answered) ->
    receive
        {From, ping} -> From ! answer, big(Parent, Count, Answers, Answered + 1);
        answer when Answers + 1 =:= Count -> Parent ! done, big(Parent, Count, Count, Answered);
        answer -> big(Parent, Count, Answers + 1, Answered);
        stop -> Parent ! {sum, Answers + Answered}
    end.

broker(Creatures, 0) ->
    repeat(Creatures, fun() -> receive {visit, Pid, _} -> Pid ! closed end end);
broker(Creatures, Left) ->
    {First, Colour1} = receive {visit, P1, C1} -> {P1, C1} end,
    {Second, Colour2} = receive {visit, P2, C2} -> {P2, C2} end,
    First ! {met, Second, Colour2},
    Second ! {met, First, Colour1},
    broker(Creatures, Left - 1).

creature(Parent, Broker, Colour, Met) ->
    Broker ! {visit, self(), Colour},
    receive
        {met, Pid, _} when Pid =:= self() -> creature(Parent, Broker, Colour, Met); % that is no meeting
        {met, _, Colour} -> creature(Parent, Broker, Colour, Met + 1);
        {met, _, Other} -> creature(Parent, Broker, 3 - Colour - Other, Met + 1);
        closed -> Parent ! {sum, Met}
    end.

tree(Parent, First, 1) -> Parent ! {sum, First};
tree(Parent, First, Size) ->
    Me = self(),
    Share = Size div 10,
    [spawn(fun() -> tree(Me, First + I * Share, Share) end) || I <- lists:seq(0, 9)],
    Parent ! {sum, sum(10, 0)}.

%% Adds up what so many processes send.
sum(0, Sum) -> Sum;
sum(Left, Sum) ->
    receive
        {sum, N} -> sum(Left - 1, Sum + N);
        N when is_integer(N) -> sum(Left - 1, Sum + N)
    end.

echo() -> receive {From, Value} -> From ! {value, Value}, echo() end.

ask(Pid, Value) ->
    Pid ! {self(), Value},
    receive {value, Answer} -> Answer end.

trips(_, Payload, 0) -> Payload;
trips(Echo, Payload, Left) ->
    Echo ! {self(), Payload},
    receive {value, Back} -> trips(Echo, Back, Left - 1) end.

member(Parent, Count) ->
    Parent ! {sum, news(1, Count, 0)},
    member(Parent, Count).

%% The length of so many texts together; of those that come in their order.
news(I, Count, Length) when I > Count -> Length;
news(I, Count, Length) ->
    receive
        {news, #{number := I, text := Text}} -> news(I + 1, Count, Length + byte_size(Text));
        {news, _} -> news(I + 1, Count, Length)
    end.

send_each([], _) -> ok;
send_each([Pid | Pids], Message) -> Pid ! Message, send_each(Pids, Message).

broadcast(Members, Count, Right, Send) ->
    T = seconds(fun() -> lists:foreach(Send, lists:seq(1, Count)), Right = sum(Members, 0) end),
    T * 1.0e9 / (Members * Count).

sleeper(Parent, Ms) ->
    T0 = now_us(),
    receive after Ms -> ok end,
    Parent ! {late, now_us() - T0 - Ms * 1000}.

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).

%% The median of some portions, in nanoseconds per each of Count things that Work does.
measure(Count, Work) ->
    Took = [seconds(Work) || _ <- lists:seq(1, ?PORTIONS)],
    lists:nth((?PORTIONS + 1) div 2, lists:sort(Took)) * 1.0e9 / Count.

growth(Pids, Have, Live, Most) ->
    Me = self(),
    More = [spawn(fun idler/0) || _ <- lists:seq(Have + 1, Live)],
    All = More ++ Pids,
    Tuple = list_to_tuple(All),
    send_around(Tuple, Live, Live),
    Count = min(20000, Most),
    Each = fun(What, Work) ->
        result("growth_" ++ What ++ "_" ++ label(Live), measure(Count, Work), "ns") end,
    Each("spawn", fun() -> repeat(Count, fun() -> spawn(fun() -> Me ! 1 end) end), Count = sum(Count, 0) end),
    Each("send", fun() -> send_around(Tuple, Live, Count) end),
    Each("timer", fun() ->
        Timers = [erlang:start_timer(3600000, Me, never) || _ <- lists:seq(1, Count)],
        [true = is_integer(erlang:cancel_timer(T)) || T <- Timers] end),
    case Live of
        Most -> ok;
        _ -> growth(All, Live, min(Live * 10, Most), Most)
    end.

idler() ->
    erlang:start_timer(86400000, self(), never),
    echo().

send_around(Tuple, Live, Count) ->
    Me = self(),
    [element(I * 7919 rem Live + 1, Tuple) ! {Me, I} || I <- lists:seq(1, Count)],
    Right = Count * (Count + 1) div 2,
    Right = lists:sum([receive {value, I} -> I end || _ <- lists:seq(1, Count)]).

node(Next, Parent) ->
    receive
        {token, 0} -> Parent ! {done, self()};
        {token, Left} -> Next ! {token, Left - 1}, node(Next, Parent)
    end.

spin(X) -> spin((X * 1103515245 + 12345) band 16#7fffffff).

record(I) -> #{id => I, name => <<"record ", (integer_to_binary(I))/binary>>, tags => {I, I + 1}}.

churn(Records, Count, Replaced, Parent) ->
    receive
        stop ->
            Count = maps:size(Records),
            true = lists:all(fun(#{id := I} = Record) -> Record =:= record(I) end, maps:values(Records)),
            Parent ! {replaced, Replaced}
    after 0 ->
        churn(replace(Records, Count, Replaced, 1000), Count, Replaced + 1000, Parent)
    end.

replace(Records, _, _, 0) -> Records;
replace(Records, Count, Replaced, Left) ->
    N = Replaced + Left,
    I = N * 7919 rem Count + 1,
    replace(Records#{I := record(N)}, Count, Replaced, Left - 1).

canary(Finish, Last, Largest) when Last >= Finish -> Largest;
canary(Finish, Last, Largest) ->
    receive after 1 -> ok end,
    Now = now_us(),
    canary(Finish, Now, max(Largest, Now - Last)).

repeat(0, _) -> ok;
repeat(N, F) -> F(), repeat(N - 1, F).

await(0, _) -> ok;
await(N, Message) -> receive Message -> await(N - 1, Message) end.

%% The reason of an exit is all that a monitor gets of a process: here the number it was given.
spawn_all(0) -> ok;
spawn_all(N) -> spawn_monitor(fun() -> exit(N) end), spawn_all(N - 1).

sum_exits(0, Sum) -> Sum;
sum_exits(Left, Sum) -> receive {'DOWN', _, process, _, N} -> sum_exits(Left - 1, Sum + N) end.

send_numbers(_, I, Count) when I > Count -> ok;
send_numbers(Receiver, I, Count) -> Receiver ! I, send_numbers(Receiver, I + 1, Count).

never_early([Least | _] = Late) when Least >= 0 -> Late.

now_us() -> erlang:monotonic_time(microsecond).

seconds(F) -> element(1, timed(F)).

%% The seconds, and what the function returns.
timed(F) ->
    T0 = now_us(),
    Value = F(),
    {(now_us() - T0) / 1.0e6, Value}.

%% 100000: 100k
label(N) when N rem 1000000 =:= 0 -> integer_to_list(N div 1000000) ++ "M";
label(N) when N rem 1000 =:= 0 -> integer_to_list(N div 1000) ++ "k";
label(N) -> integer_to_list(N).

cpu_us() -> % of the whole program, in ticks of 10 ms
    {ok, Stat} = file:read_file("/proc/self/stat"),
    [_, Rest] = binary:split(Stat, <<") ">>),
    Fields = binary:split(Rest, <<" ">>, [global]),
    (binary_to_integer(lists:nth(12, Fields)) + binary_to_integer(lists:nth(13, Fields))) * 10000.

resident_bytes() ->
    {ok, Status} = file:read_file("/proc/self/status"),
    {match, [Kilobytes]} = re:run(Status, "VmRSS:\\s+(\\d+) kB", [{capture, [1], list}]),
    list_to_integer(Kilobytes) * 1024.

result(Metric, Value, Unit) -> io:format("RESULT ~s ~.3f ~s~n", [Metric, float(Value), Unit]).
