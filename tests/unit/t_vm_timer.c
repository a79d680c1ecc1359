/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/* Timers of processes. Most run in a seeded VM, whose clock moves only when nobody has anything to do, so that times are exact. */
#include <criterion/criterion.h>

#include "tests/unit/vm_rig.h"

static struct rig rig;

static void open_seeded(void)
{
    rig_open(&rig, &(struct rig_options){.seeded = true, .seed = 42});
}

static void open_real(void)
{
    rig_open(&rig, &(struct rig_options){0});
}

static void close_rig(void)
{
    rig_close(&rig);
}

static const char *run(const char *body)
{
    char source[4000];
    snprintf(
        source, sizeof source,
        "local time = require('time')\n"
        "return function()\n"
        "local out, start = {}, time.now()\n"
        "local function ms() return math.floor(time.now():sub(start):milliseconds() + 0.5) end\n"
        "local function put(...) for i = 1, select('#', ...) do out[#out + 1] = tostring((select(i, ...))) end end\n"
        "local function poll(ch) return channel.select{ch:case_receive(), default = true} end\n"
        "%s\nreturn table.concat(out, ' ') end",
        body);
    rig_add(&rig, "t:main", source);
    rig_run(&rig, "t:main");
    return rig_text(&rig);
}

TestSuite(vm_timer, .init = open_seeded, .fini = close_rig);

Test(vm_timer, sleepers_wake_in_order_of_time)
{
    cr_assert_str_eq(run("local done = channel.new()\n"
                         "for _, n in ipairs{30, 10, 20, 40, 5} do coroutine.spawn(function()\n"
                         "  time.sleep(n * time.MILLISECOND) put(n) done:send(n) end) end\n"
                         "for i = 1, 5 do done:receive() end"),
                     "5 10 20 30 40");
}

Test(vm_timer, hours_pass_at_once_in_a_seeded_vm)
{
    cr_assert_str_eq(run("time.sleep('2h') put(ms() >= 7200000)"), "true");
}

Test(vm_timer, sleep_of_nothing_lets_the_others_run)
{
    cr_assert_str_eq(run("coroutine.spawn(function() for i = 1, 3 do put('other') coroutine.yield() end end)\n"
                         "put('a') time.sleep(0) put('b') time.sleep(-5) put('c')"),
                     "other a other b other c");
}

Test(vm_timer, after_gives_one_value_and_is_closed)
{
    cr_assert_str_eq(run("local ch = time.after('50ms')\n"
                         "local v, ok = ch:receive() put(type(v), ok, ms() >= 50)\n"
                         "put(ch:receive())"),
                     "userdata true true nil false");
}

Test(vm_timer, value_waits_for_its_receiver)
{
    cr_assert_str_eq(run("local ch = time.after('5ms')\n"
                         "time.sleep('100ms')\n"
                         "put(poll(ch).ok, poll(ch).ok)"),
                     "true false");
}

Test(vm_timer, stopped_timer_gives_nothing)
{
    cr_assert_str_eq(run("local t = time.timer('5ms')\n"
                         "put(t:stop(), t:stop())\n"
                         "time.sleep('50ms')\n"
                         "local v, ok = t:channel():receive() put(v, ok)"),
                     "true false nil false");
}

Test(vm_timer, stop_after_it_fired_leaves_the_value)
{
    cr_assert_str_eq(run("local t = time.timer('5ms')\n"
                         "time.sleep('50ms')\n"
                         "put(t:stop())\n"
                         "local v, ok = t:channel():receive() put(v ~= nil, ok)\n"
                         "put(t:channel():receive())"),
                     "false true true nil false");
}

Test(vm_timer, stop_wakes_a_receiver)
{
    cr_assert_str_eq(run("local t = time.timer('1h')\n"
                         "coroutine.spawn(function() put(t:channel():receive()) end)\n"
                         "put(t:stop()) coroutine.yield()"),
                     "true nil false");
}

Test(vm_timer, reset_moves_a_pending_one_only)
{
    cr_assert_str_eq(run("local t = time.timer('50ms')\n"
                         "time.sleep('20ms') put(t:reset('100ms'))\n"
                         "time.sleep('60ms') put(poll(t:channel()).default)\n"
                         "t:channel():receive() put(ms() >= 120)\n"
                         "put(t:reset('1ms'))"),
                     "true true true false");
}

Test(vm_timer, reset_to_an_earlier_time)
{
    cr_assert_str_eq(run("local t = time.timer('10h')\n"
                         "put(t:reset('5ms'))\n"
                         "t:channel():receive() put(ms() < 1000)"),
                     "true true");
}

Test(vm_timer, ticker_ticks_and_stops)
{
    cr_assert_str_eq(run("local t = time.ticker('10ms')\n"
                         "for i = 1, 5 do t:channel():receive() put(ms() // 10) end\n"
                         "put(t:stop()) put(t:channel():receive())"),
                     "1 2 3 4 5 true nil false");
}

/* Nobody receives: at most 16 ticks wait. */
Test(vm_timer, ticker_drops_what_its_channel_cannot_hold)
{
    cr_assert_str_eq(run("local t = time.ticker('1ms')\n"
                         "time.sleep('1s')\n"
                         "local n = 0\n"
                         "while not poll(t:channel()).default do n = n + 1 end\n"
                         "put(n >= 16 and n <= 17)\n"
                         "t:channel():receive() put('goes on') t:stop()"),
                     "true goes on");
}

Test(vm_timer, forgotten_timers_survive_collection)
{
    cr_assert_str_eq(run("local got = 0\n"
                         "do\n"
                         "  for i = 1, 50 do time.after('5ms') time.ticker('3ms') end\n"
                         "  for i = 1, 50 do local ch = time.after('10ms')\n"
                         "    coroutine.spawn(function() ch:receive() got = got + 1 end) end\n"
                         "end\n"
                         "for i = 1, 20 do local junk = {} for j = 1, 2000 do junk[j] = {j} end time.sleep('2ms') end\n"
                         "put(got)"),
                     "50");
}

Test(vm_timer, end_of_a_process_takes_its_timers)
{
    rig_add(&rig, "t:timers",
            "local time = require('time')\n"
            "return function()\n"
            "  for i = 1, 3000 do time.after(i * time.HOUR) end\n"
            "  for i = 1, 100 do time.ticker('1ms') end\n"
            "  coroutine.spawn(function() time.sleep('5h') end)\n"
            "  time.sleep('5ms')\n"
            "  return 'left'\n"
            "end");
    cr_assert_str_eq(run("for i = 1, 3 do\n"
                         "  process.spawn_monitored('t:timers', 't:h')\n"
                         "  put(process.events():receive().result.value)\n"
                         "end\n"
                         "time.sleep('10h')"),
                     "left left left");
}

/* A process that only waits for a timer is not deadlocked. */
Test(vm_timer, waiting_for_time_is_no_deadlock)
{
    cr_assert_str_eq(run("local ch = channel.new()\n"
                         "coroutine.spawn(function() time.sleep('1h') ch:send('late') end)\n"
                         "put((ch:receive()))"),
                     "late");
}

Test(vm_timer_real, never_early, .init = open_real, .fini = close_rig)
{
    cr_assert_str_eq(run("for i = 0, 20 do\n"
                         "  local ns = i * 333333\n"
                         "  local before = time.now()\n"
                         "  time.sleep(ns)\n"
                         "  assert(time.now():sub(before):nanoseconds() >= ns - 1000, 'early')\n"
                         "end\n"
                         "put('ok')"),
                     "ok");
}

Test(vm_timer_real, stop_against_firing, .init = open_real, .fini = close_rig)
{
    cr_assert_str_eq(run("for i = 1, 300 do\n"
                         "  local t = time.timer('1ms')\n"
                         "  if i % 3 == 0 then time.sleep('1ms') end\n"
                         "  local x = 0 for j = 1, i * 100 do x = x + j end\n"
                         "  local stopped = t:stop()\n"
                         "  local v, ok = t:channel():receive()\n"
                         "  assert((v == nil) == stopped and ok == not stopped)\n"
                         "end\n"
                         "put('ok')"),
                     "ok");
}
