/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdatomic.h>

#include "sched/base/clock.h"
#include "tests/unit/vm_rig.h"
#include "vm/pid.h"

enum { KEEP = 4096 };

/* What an actor of the tests has seen; written by its callback only, read when `count` says so. */
struct seen {
    struct native_event events[KEEP];
    char texts[KEEP][80]; /* topic, or message of the error */
    _Atomic unsigned count, running, ended;
    void (*react)(struct native *native, struct seen *seen, const struct native_event *event);
    uint64_t value;
};

static struct rig rig;
static struct seen seen;
static struct native *actor;
static struct code *echo, *quick, *stays, *broken;

static void note(struct native *native, void *ctx, const struct native_event *event)
{
    struct seen *s = ctx;
    unsigned n = atomic_load(&s->count);
    if (atomic_fetch_add(&s->running, 1))
        rig_die("two callbacks at once");
    if (n == KEEP)
        rig_die("too many events");
    s->events[n] = *event;
    if (event->topic)
        snprintf(s->texts[n], sizeof s->texts[n], "%.*s", (int)event->topic_length, event->topic);
    else if (event->error)
        snprintf(s->texts[n], sizeof s->texts[n], "%s: %.60s", event->error->kind, event->error->message);
    else if (event->kind == NATIVE_CANCEL)
        snprintf(s->texts[n], sizeof s->texts[n], "%.*s", (int)event->length, (const char *)event->data);
    if (s->react)
        s->react(native, s, event);
    atomic_fetch_sub(&s->running, 1);
    atomic_store(&s->count, n + 1);
}

static void ended(void *ctx)
{
    struct seen *s = ctx;
    atomic_fetch_add(&s->ended, 1);
}

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){.limits = {.max_processes = 100}});
    echo = rig_add(&rig, "t:echo",
                   "return function(to) local m = process.inbox():receive() process.send(to, 'echo', m:topic()) end");
    quick = rig_add(&rig, "t:quick", "return function(v) return v end");
    stays = rig_add(&rig, "t:stays", "return function() process.events():receive() error('canceled') end");
    broken = rig_add(&rig, "t:broken", "error('no load')");
    actor = native_new(rig.vm, "actor", note, &seen);
}

static void close_rig(void)
{
    rig_close(&rig);
}

TestSuite(native, .init = open_rig, .fini = close_rig);

static void wait_for(unsigned count)
{
    RIG_UNTIL(atomic_load(&seen.count) >= count);
}

static int spawn(struct native *native, struct code *code, bool monitor, uint64_t cookie)
{
    struct vm_error error;
    return native_spawn(native,
                        &(struct native_spawn){.code = code, .host = rig.host, .monitor = monitor, .cookie = cookie},
                        NULL, &error);
}

Test(native, posts_arrive_in_order)
{
    for (uint64_t i = 0; i < 1000; i++)
        native_post(actor, i);
    wait_for(1000);
    for (uint64_t i = 0; i < 1000; i++) {
        cr_assert_eq(seen.events[i].kind, NATIVE_POST);
        cr_assert_eq(seen.events[i].cookie, i);
    }
}

Test(native, gets_messages_and_cancels)
{
    uint64_t pid = native_pid(actor);
    cr_assert(process_is_alive(rig.vm, pid));
    cr_assert_eq(process_send_encoded(rig.vm, 77, pid, "topic", 5, "body", 4), 0);
    cr_assert(process_send_cancel(rig.vm, 78, pid, "enough", 6));
    wait_for(2);
    cr_assert_eq(seen.events[0].kind, NATIVE_MESSAGE);
    cr_assert_eq(seen.events[0].from, 77);
    cr_assert_str_eq(seen.texts[0], "topic");
    cr_assert_eq(seen.events[0].length, 4);
    cr_assert_eq(seen.events[1].kind, NATIVE_CANCEL);
    cr_assert_eq(seen.events[1].from, 78);
    cr_assert_str_eq(seen.texts[1], "enough");
}

Test(native, talks_with_lua)
{
    char source[600], text[PID_TEXT_MAX];
    process_format_pid(rig.vm, native_pid(actor), text);
    snprintf(source, sizeof source,
             "return function() for i = 1, 50 do assert(process.send('%s', 't' .. i, i)) end end", text);
    rig_add(&rig, "t:main", source);
    cr_assert_not(rig_run(&rig, "t:main")->failed, "%s", rig_text(&rig));
    wait_for(50);
    for (unsigned i = 0; i < 50; i++) {
        char topic[20];
        snprintf(topic, sizeof topic, "t%u", i + 1);
        cr_assert_str_eq(seen.texts[i], topic);
        cr_assert_eq(seen.events[i].from, rig.last.pid);
    }
}

static void spawn_all(struct native *native, struct seen *s, const struct native_event *event)
{
    (void)s;
    if (event->kind != NATIVE_POST)
        return;
    cr_assert_eq(spawn(native, quick, true, 10), 0);
    cr_assert_eq(spawn(native, broken, true, 11), 0);
    cr_assert_eq(spawn(native, quick, false, 12), 0);
    cr_assert_eq(spawn(native, broken, false, UINT64_MAX), 0);
}

Test(native, spawn_tells_loaded_then_exit)
{
    seen.react = spawn_all;
    native_post(actor, 0);
    wait_for(6);
    unsigned loaded[4] = {0}, exits = 0;
    for (unsigned i = 1; i < 6; i++) {
        const struct native_event *e = &seen.events[i];
        unsigned which = e->cookie == UINT64_MAX ? 3 : (unsigned)e->cookie - 10;
        if (e->kind == NATIVE_EXIT) {
            exits++;
            cr_assert_eq(e->cookie, 10);
            cr_assert_eq(loaded[0], 1, "EXIT before LOADED");
            cr_assert_not(e->failed);
            continue;
        }
        cr_assert_eq(e->kind, NATIVE_LOADED);
        loaded[which]++;
        cr_assert_eq(e->failed, which % 2 == 1);
        cr_assert_eq(e->pid == 0, e->failed);
        if (e->failed)
            cr_assert_str_eq(seen.texts[i], "Internal: t:broken:1: no load");
    }
    for (unsigned i = 0; i < 4; i++)
        cr_assert_eq(loaded[i], 1);
    cr_assert_eq(exits, 1);
}

static void refuse(struct native *native, struct seen *s, const struct native_event *event)
{
    struct vm_error error;
    struct native_spawn what = {.code = quick, .host = vm_host_find(rig.vm, "stopped", 7)};
    if (event->kind != NATIVE_POST)
        return;
    s->value = native_spawn(native, &what, NULL, &error) != 0 && strcmp(error.message, "host is shutting down") == 0;
}

Test(native, spawn_on_a_stopped_host_is_refused_at_once)
{
    vm_host_open(rig.vm, "stopped", NULL);
    seen.react = refuse;
    native_post(actor, 0);
    wait_for(1);
    cr_assert_eq(seen.value, 1);
}

/* ---- monitors ---- */

static uint64_t target;

static void keep_target(struct native *native, struct seen *s, const struct native_event *event)
{
    (void)s;
    switch (event->kind) {
    case NATIVE_POST:
        if (event->cookie == 0)
            spawn(native, stays, false, 1);
        if (event->cookie == 1)
            s->value = native_monitor(native, target, 99);
        if (event->cookie == 2)
            native_unmonitor(native, target);
        break;
    case NATIVE_LOADED:
        target = event->pid;
        break;
    default:
        break;
    }
}

Test(native, monitor_gives_one_exit_with_its_cookie)
{
    seen.react = keep_target;
    native_post(actor, 0);
    wait_for(2);
    native_post(actor, 1);
    native_post(actor, 1);
    wait_for(4);
    cr_assert_eq(seen.value, 1);
    process_send_cancel(rig.vm, 0, target, "", 0);
    wait_for(5);
    native_post(actor, 9);
    wait_for(6);
    cr_assert_eq(seen.events[4].kind, NATIVE_EXIT);
    cr_assert_eq(seen.events[4].pid, target);
    cr_assert_eq(seen.events[4].cookie, 99);
    cr_assert(seen.events[4].failed);
    cr_assert_str_eq(seen.texts[4], "Internal: t:stays:1: canceled");
    cr_assert_eq(seen.events[5].kind, NATIVE_POST);
}

Test(native, monitoring_the_dead_fails)
{
    seen.react = keep_target;
    target = (uint64_t)1 << 52 | (uint64_t)5 << 24 | 500;
    native_post(actor, 1);
    wait_for(1);
    cr_assert_eq(seen.value, 0);
}

Test(native, nothing_after_unmonitor)
{
    seen.react = keep_target;
    native_post(actor, 0);
    wait_for(2);
    native_post(actor, 1);
    native_post(actor, 2);
    native_post(actor, 2);
    wait_for(5);
    process_send_terminate(rig.vm, target);
    RIG_UNTIL(vm_host_live(rig.host) == 0);
    native_post(actor, 9);
    wait_for(6);
    cr_assert_eq(seen.events[5].kind, NATIVE_POST);
}

/* ---- timers ---- */

static uint64_t timer_ids[100];

static void arm_many(struct native *native, struct seen *s, const struct native_event *event)
{
    struct clock *clock = sched_clock(vm_sched(rig.vm));
    if (event->kind == NATIVE_TIMER) {
        if (clock_now_ns(clock) < s->value + event->cookie * 1000000)
            rig_die("early");
        return;
    }
    s->value = clock_now_ns(clock);
    for (uint64_t i = 0; i < 100; i++)
        timer_ids[i] = native_timer(native, (i + 1) * 1000000, i + 1);
    for (uint64_t i = 0; i < 100; i += 2)
        native_cancel_timer(native, timer_ids[i]);
    for (uint64_t i = 0; i < 100; i += 4)
        native_cancel_timer(native, timer_ids[i]); /* again: nothing */
    native_cancel_timer(native, 12345);
}

Test(native, timers_come_due_or_are_cancelled)
{
    seen.react = arm_many;
    native_post(actor, 0);
    wait_for(51);
    bool fired[101] = {false};
    for (unsigned i = 1; i <= 50; i++) {
        cr_assert_eq(seen.events[i].kind, NATIVE_TIMER);
        cr_assert_not(fired[seen.events[i].cookie]);
        fired[seen.events[i].cookie] = true;
        cr_assert_eq(seen.events[i].cookie % 2, 0);
    }
    seen.react = NULL;
}

static void cancel_due(struct native *native, struct seen *s, const struct native_event *event)
{
    if (event->kind == NATIVE_TIMER)
        rig_die("cancelled timer fired");
    uint64_t id = native_timer(native, 0, 1);
    struct clock *clock = sched_clock(vm_sched(rig.vm));
    uint64_t until = clock_now_ns(clock) + event->cookie * 40000;
    while (clock_now_ns(clock) < until)
        ;
    native_cancel_timer(native, id); /* pending, fired, or its message waits: never seen */
    (void)s;
}

Test(native, cancel_against_firing)
{
    seen.react = cancel_due;
    for (uint64_t i = 0; i < 100; i++)
        native_post(actor, i);
    wait_for(100);
    RIG_UNTIL(atomic_load(&seen.count) == 100);
}

/* ---- the end ---- */

static void end_with_all(struct native *native, struct seen *s, const struct native_event *event)
{
    (void)s;
    if (event->kind != NATIVE_POST || event->cookie != 7)
        return;
    for (unsigned i = 0; i < 50; i++)
        native_timer(native, i % 3 ? 3600000000000 : 0, i);
    for (unsigned i = 0; i < 20; i++)
        spawn(native, i % 2 ? stays : broken, true, i);
    native_end(native, ended);
}

Test(native, end_drops_timers_monitors_and_mail)
{
    uint64_t pid = native_pid(actor);
    seen.react = end_with_all;
    for (uint64_t i = 0; i < 100; i++) {
        native_post(actor, i == 99 ? 7 : 8);
        process_send_encoded(rig.vm, 1, pid, "t", 1, "x", 1);
    }
    RIG_UNTIL(atomic_load(&seen.ended) == 1);
    RIG_UNTIL(!process_is_alive(rig.vm, pid));
    unsigned count = atomic_load(&seen.count);
    cr_assert_eq(process_send_encoded(rig.vm, 1, pid, "t", 1, "x", 1), -ESRCH);
    RIG_UNTIL(vm_host_live(rig.host) == 10);
    cr_assert_eq(atomic_load(&seen.count), count);
    cr_assert_eq(atomic_load(&seen.ended), 1);
}

static void end_on_message(struct native *native, struct seen *s, const struct native_event *event)
{
    (void)s;
    if (event->kind == NATIVE_MESSAGE && event->topic_length == 3)
        native_end(native, ended);
}

/* Monitors and links of processes are two things: each gets its own notice. */
Test(native, end_is_seen_by_monitors_and_links)
{
    char source[1200], text[PID_TEXT_MAX];
    seen.react = end_on_message;
    process_format_pid(rig.vm, native_pid(actor), text);
    snprintf(source, sizeof source,
             "return function()\n"
             "  local actor = '%s'\n"
             "  process.set_options{trap_links = true}\n"
             "  assert(process.monitor(actor) and process.link(actor))\n"
             "  process.send(actor, 'end')\n"
             "  local e = process.events():receive()\n"
             "  assert(e.kind == process.event.EXIT and e.from == actor)\n"
             "  assert(not process.monitor(actor) and not process.send(actor, 't'))\n"
             "  return 'ok'\n"
             "end",
             text);
    rig_add(&rig, "t:main", source);
    rig_run(&rig, "t:main");
    cr_assert_str_eq(rig_text(&rig), "ok");
}

Test(native, no_notice_to_those_who_left)
{
    char source[1200], text[PID_TEXT_MAX];
    seen.react = end_on_message;
    process_format_pid(rig.vm, native_pid(actor), text);
    snprintf(source, sizeof source,
             "return function()\n"
             "  local actor, events = '%s', process.events()\n"
             "  for i = 1, 5 do assert(process.monitor(actor) and process.unmonitor(actor)) end\n"
             "  assert(process.link(actor) and process.unlink(actor))\n"
             "  process.send(actor, 'end')\n"
             "  while process.send(actor, 't') do coroutine.yield() end\n"
             "  assert(channel.select{events:case_receive(), default = true}.default)\n"
             "  return 'ok'\n"
             "end",
             text);
    rig_add(&rig, "t:main", source);
    rig_run(&rig, "t:main");
    cr_assert_str_eq(rig_text(&rig), "ok");
}
