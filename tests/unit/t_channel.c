/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <criterion/criterion.h>

#include "tests/unit/vm_rig.h"

static struct rig rig;

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){0});
}

static void close_rig(void)
{
    rig_close(&rig);
}

TestSuite(channel, .init = open_rig, .fini = close_rig);

/* Runs the body of an entry point; `out` collects what it returns joined by blanks. */
static const char *run(const char *body)
{
    char source[4000];
    snprintf(
        source, sizeof source,
        "return function()\n"
        "local out = {}\n"
        "local function put(...) for i = 1, select('#', ...) do out[#out + 1] = tostring((select(i, ...))) end end\n"
        "local function go(f) coroutine.spawn(f) end\n"
        "%s\nreturn table.concat(out, ' ') end",
        body);
    rig_add(&rig, "t:main", source);
    rig_run(&rig, "t:main");
    return rig_text(&rig);
}

Test(channel, buffer_is_a_fifo_that_wraps)
{
    cr_assert_str_eq(run("local ch = channel.new(3)\n"
                         "for round = 1, 5 do\n"
                         "  for i = 1, 2 do ch:send(round * 10 + i) end\n"
                         "  put((ch:receive())) put((ch:receive()))\n"
                         "end"),
                     "11 12 21 22 31 32 41 42 51 52");
}

Test(channel, nil_and_false_are_values)
{
    cr_assert_str_eq(run("local ch = channel.new(3) ch:send(nil) ch:send(false) ch:close()\n"
                         "put(ch:receive()) put(ch:receive()) put(ch:receive())"),
                     "nil true false true nil false");
}

Test(channel, blocked_senders_are_served_in_order)
{
    cr_assert_str_eq(run("local ch = channel.new(1)\n"
                         "for i = 1, 5 do go(function() ch:send(i) end) end\n"
                         "for i = 1, 5 do put((ch:receive())) end"),
                     "1 2 3 4 5");
}

Test(channel, blocked_receivers_are_served_in_order)
{
    cr_assert_str_eq(run("local ch = channel.new()\n"
                         "for i = 1, 4 do go(function() put(i, (ch:receive())) end) end\n"
                         "for i = 1, 4 do ch:send('v' .. i) end\n"
                         "coroutine.yield()"),
                     "1 v1 2 v2 3 v3 4 v4");
}

Test(channel, references_move_as_they_are)
{
    cr_assert_str_eq(run("local ch, t = channel.new(1), {}\n"
                         "ch:send(t) put(ch:receive() == t)\n"
                         "go(function() ch:send(t) ch:send(t) end)\n"
                         "put(ch:receive() == t, ch:receive() == t)"),
                     "true true true");
}

Test(channel, close_wakes_receivers_and_keeps_the_buffer)
{
    cr_assert_str_eq(run("local a, b = channel.new(), channel.new(2)\n"
                         "for i = 1, 3 do go(function() put(i, a:receive()) end) end\n"
                         "b:send('x') b:close() b:close()\n"
                         "a:close()\n"
                         "put(b:receive()) put(b:receive())"),
                     "1 nil false 2 nil false 3 nil false x true nil false");
}

Test(channel, close_fails_blocked_senders)
{
    cr_assert_str_eq(run("local ch = channel.new(1) ch:send('kept')\n"
                         "for i = 1, 2 do go(function() local ok, err = ch:send(i) put(ok, err:kind()) end) end\n"
                         "ch:close()\n"
                         "put(ch:receive()) put(ch:receive()) put((pcall(ch.send, ch, 1)))"),
                     "nil Unavailable nil Unavailable kept true nil false false");
}

Test(channel, select_takes_the_first_ready_case)
{
    cr_assert_str_eq(run("local a, b = channel.new(1), channel.new(1)\n"
                         "a:send('a') b:send('b')\n"
                         "local r = channel.select{b:case_receive(), a:case_receive()}\n"
                         "put(r.channel == b, r.value, r.ok)\n"
                         "r = channel.select{b:case_receive(), a:case_receive()}\n"
                         "put(r.channel == a, r.value)\n"
                         "r = channel.select{b:case_receive(), a:case_receive(), default = true}\n"
                         "put(r.default)"),
                     "true b true true a true");
}

/* A waiting select takes one value only and leaves all other queues. */
Test(channel, select_is_completed_once)
{
    cr_assert_str_eq(
        run("local a, b = channel.new(), channel.new()\n"
            "go(function() local r = channel.select{a:case_receive(), b:case_receive()} put(r.value) end)\n"
            "go(function() a:send('a') end)\n"
            "go(function() b:send('b') end)\n"
            "coroutine.yield() coroutine.yield()\n"
            "put((b:receive()))\n"
            "put(channel.select{a:case_receive(), b:case_receive(), default = true}.default)"),
        "a b true");
}

Test(channel, select_may_send)
{
    cr_assert_str_eq(
        run("local a, b = channel.new(), channel.new()\n"
            "go(function() put((b:receive())) end)\n"
            "local r = channel.select{a:case_send('a'), b:case_send('b')}\n"
            "put(r.channel == b, r.ok)\n"
            "go(function() local r = channel.select{a:case_send('x'), b:case_send('y')} put(r.value) end)\n"
            "put((b:receive()))\n"
            "coroutine.yield()"),
        "true true b y y");
}

Test(channel, select_may_name_a_channel_twice)
{
    cr_assert_str_eq(
        run("local a = channel.new()\n"
            "go(function() a:send(1) end)\n"
            "put(channel.select{a:case_receive(), a:case_receive()}.value)\n"
            "go(function() put(channel.select{a:case_receive(), a:case_receive()}.value) end)\n"
            "a:send(2)\n"
            "put(channel.select{a:case_receive(), a:case_receive(), default = true}.default) coroutine.yield()"),
        "1 true 2");
}

Test(channel, select_and_close)
{
    cr_assert_str_eq(run("local a, b = channel.new(), channel.new()\n"
                         "go(function() local r = channel.select{a:case_receive(), b:case_receive()}\n"
                         "  put(r.channel == b, r.value, r.ok) end)\n"
                         "b:close()\n"
                         "put(channel.select{b:case_receive()}.ok)"),
                     "true nil false false");
}

Test(channel, select_of_many)
{
    cr_assert_str_eq(
        run("local chs, cases = {}, {}\n"
            "for i = 1, 2000 do chs[i] = channel.new() cases[i] = chs[i]:case_receive() end\n"
            "for i = 1, 50 do\n"
            "  go(function() local r = channel.select(cases) out[#out + 1] = r.channel == chs[i * 40] and 1 or 0 end)\n"
            "  chs[i * 40]:send(i)\n"
            "end\n"
            "coroutine.yield() local sum = 0 for _, v in ipairs(out) do sum = sum + v end out = {sum}"),
        "50");
}

Test(channel, select_refuses_what_is_no_case)
{
    cr_assert_str_eq(
        run("local ok, err = pcall(channel.select, {channel.new():case_receive(), 5}) put(ok, err:kind())\n"
            "put((pcall(channel.select, 5)))"),
        "false Invalid false");
}

/* Mail moves into a channel only when somebody receives: unlistened messages are in the inbox again, in order. */
Test(channel, topic_and_inbox_share_the_mail)
{
    cr_assert_str_eq(run("local me = process.pid()\n"
                         "for i = 1, 6 do process.send(me, i % 2 == 0 and 'even' or 'odd', i) end\n"
                         "local even = process.listen('even')\n"
                         "put((even:receive()))\n"
                         "assert(process.unlisten(even))\n"
                         "put(even:receive())\n"
                         "local inbox = process.inbox()\n"
                         "for i = 1, 5 do put(inbox:receive():payload():data()) end\n"
                         "put(channel.select{inbox:case_receive(), default = true}.default)"),
                     "2 nil false 1 3 4 5 6 true");
}

Test(channel, several_receivers_share_the_inbox)
{
    cr_assert_str_eq(run("local me, inbox, done = process.pid(), process.inbox(), channel.new(9)\n"
                         "for i = 1, 3 do go(function()\n"
                         "  for j = 1, 3 do put(inbox:receive():payload():data()) end done:send(true) end) end\n"
                         "for i = 1, 9 do process.send(me, 't', i) end\n"
                         "for i = 1, 3 do done:receive() end\n"
                         "table.sort(out)"),
                     "1 2 3 4 5 6 7 8 9");
}

Test(channel, attached_channel_gets_the_topic)
{
    cr_assert_str_eq(run("local me, ch, other = process.pid(), channel.new(1), channel.new(1)\n"
                         "process.send(me, 't', 1)\n"
                         "put(subscribe('t', ch) == ch, (subscribe('t', other)), subscribe('u', ch) == ch)\n"
                         "process.send(me, 't', 2)\n"
                         "put((ch:receive()), (ch:receive()))\n"
                         "put(unsubscribe(ch), (unsubscribe(ch)))"),
                     "true nil true 1 2 true false");
}

/* Random sends, receives, selects and closes from many coroutines: every value sent arrives once, in the order of its sender. */
/* What the program has sent comes before what the source has, in whatever order they came. */
Test(channel, messages_come_after_values)
{
    cr_assert_str_eq(run("local ch, me = process.listen('t'), process.pid()\n"
                         "process.send(me, 't', 'message')\n"
                         "for i = 1, 2 do go(function() ch:send(i) end) end\n"
                         "for i = 1, 3 do put((ch:receive())) end"),
                     "1 2 message");
}

Test(channel, random_traffic_conserves)
{
    cr_assert_str_eq(
        run("math.randomseed(7)\n"
            "local chs, sent, got, last, left = {}, 0, 0, {}, 0\n"
            "for i = 1, 5 do chs[i] = channel.new(i - 1) end\n"
            "for s = 1, 20 do left = left + 1 go(function()\n"
            "  local ch = chs[s % 5 + 1]\n"
            "  for i = 1, 100 do\n"
            "    if math.random(2) == 1 then ch:send({s, i}) else channel.select{ch:case_send({s, i})} end\n"
            "    sent = sent + 1\n"
            "    if math.random(3) == 1 then coroutine.yield() end\n"
            "  end\n"
            "  left = left - 1\n"
            "  if left == 0 then for i = 1, 5 do chs[i]:close() end end\n"
            "end) end\n"
            "local function take(v) got = got + 1\n"
            "  assert((last[v[1]] or 0) + 1 == v[2]) last[v[1]] = v[2] end\n"
            "local done = channel.new()\n"
            "for r = 1, 5 do go(function()\n"
            "  local mine = chs[r]\n"
            "  while true do\n"
            "    local v, ok\n"
            "    if math.random(2) == 1 then v, ok = mine:receive()\n"
            "    else local r = channel.select{mine:case_receive()} v, ok = r.value, r.ok end\n"
            "    if not ok then break end\n"
            "    take(v)\n"
            "  end\n"
            "  done:send(true)\n"
            "end) end\n"
            "for r = 1, 5 do done:receive() end\n"
            "put(sent, got)"),
        "2000 2000");
}
