/* SPDX-License-Identifier: MIT */
/* links: host */
/* supervisor: order of starting and stopping, restarts, time-outs and a boot that fails, with a driver and a clock of its own. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/entry.h"
#include "host/supervisor.h"
#include "host/value.h"

enum { MOST = 8, MS = 1000000 };

enum behaviour { OBEY, FAIL_START, HANG_START, HANG_STOP, FAIL_FOR_GOOD };

struct unit {
    struct service *service;
    enum behaviour behaviour;
    uint64_t due_ns; /* armed timer, 0: none */
};

struct rig {
    struct supervisor supervisor;
    struct supervisor_world world;
    struct unit units[MOST];
    size_t count;
    uint64_t now_ns;
    char journal[1024]; /* "+a" started, "-a" stopped, "!a" killed, "booted", … */
    char changes[1024]; /* "a:unknown>starting …" */
};

static void note(struct rig *rig, const char *what, const struct service *service)
{
    size_t length = strlen(rig->journal);
    snprintf(rig->journal + length, sizeof rig->journal - length, "%s%s%s", length ? " " : "", what,
             service ? entry_name(service->entry) : "");
}

static struct unit *unit_of(struct service *service)
{
    return service->object;
}

static struct rig *rig_of(struct service *service)
{
    return service->supervisor->world->ctx;
}

static void driver_start(struct service *service)
{
    note(rig_of(service), "+", service);
    switch (unit_of(service)->behaviour) {
    case FAIL_START:
        service_failed(service, true, "no luck");
        break;
    case FAIL_FOR_GOOD:
        service_failed(service, false, "hopeless");
        break;
    case HANG_START:
        break;
    default:
        service_started(service);
    }
}

static void driver_stop(struct service *service)
{
    note(rig_of(service), "-", service);
    if (unit_of(service)->behaviour != HANG_STOP)
        service_ended(service);
}

static void driver_kill(struct service *service)
{
    note(rig_of(service), "!", service);
}

static const struct service_driver driver = {driver_start, driver_stop, driver_kill};

static uint64_t now(void *ctx)
{
    return ((struct rig *)ctx)->now_ns;
}

static uint64_t arm(void *ctx, uint64_t delay_ns, struct service *service)
{
    struct rig *rig = ctx;
    cr_assert_eq(unit_of(service)->due_ns, 0, "two timers");
    unit_of(service)->due_ns = rig->now_ns + delay_ns + 1;
    return service->index + 1;
}

static void cancel(void *ctx, uint64_t id)
{
    ((struct rig *)ctx)->units[id - 1].due_ns = 0;
}

static void booted(void *ctx)
{
    note(ctx, "booted", NULL);
}

static void boot_failed(void *ctx, const struct service *service)
{
    note(ctx, "failed:", service);
}

static void stopped(void *ctx)
{
    note(ctx, "stopped", NULL);
}

static void changed(void *ctx, const struct service *service, enum service_state previous)
{
    struct rig *rig = ctx;
    size_t length = strlen(rig->changes);
    cr_assert_neq(service->state, previous);
    snprintf(rig->changes + length, sizeof rig->changes - length, "%s%s:%s>%s", length ? " " : "",
             entry_name(service->entry), service_state_name(previous), service_state_name(service->state));
}

static struct rig *make(void)
{
    struct rig *rig = calloc(1, sizeof *rig);
    rig->world = (struct supervisor_world){rig, now, arm, cancel, booted, boot_failed, stopped, changed};
    rig->now_ns = 1;
    supervisor_init(&rig->supervisor, &rig->world, NULL, 1);
    return rig;
}

static void drop(struct rig *rig)
{
    for (size_t i = 0; i < rig->count; i++)
        entry_free((struct entry *)rig->units[i].service->entry);
    supervisor_destroy(&rig->supervisor);
    free(rig);
}

/* Adds a service with auto_start; `needs`: names of one letter each. */
static struct service *add(struct rig *rig, const char *name, const char *needs, enum behaviour behaviour)
{
    struct lifecycle lifecycle = {
        .auto_start = true,
        .start_timeout_ns = 100 * MS,
        .stop_timeout_ns = 50 * MS,
        .stable_threshold_ns = 1000 * MS,
        .initial_delay_ns = 10 * MS,
        .max_delay_ns = 80 * MS,
        .backoff_factor = 2,
    };
    struct entry *entry = entry_new("a", name, strdup("k"), value_new(VALUE_MAP, 1), value_new(VALUE_MAP, 1), "f", 1);
    struct unit *unit = &rig->units[rig->count++];
    unit->behaviour = behaviour;
    unit->service = supervisor_add(&rig->supervisor, entry, &lifecycle, &driver, unit);
    for (; *needs; needs++) {
        char id[] = {'a', ':', *needs, '\0'};
        supervisor_depend(&rig->supervisor, unit->service, supervisor_find(&rig->supervisor, id));
    }
    return unit->service;
}

/* Lets time pass, firing what comes due in order. */
static void pass(struct rig *rig, uint64_t ns)
{
    uint64_t until = rig->now_ns + ns;
    for (;;) {
        struct unit *next = NULL;
        for (size_t i = 0; i < rig->count; i++)
            if (rig->units[i].due_ns && rig->units[i].due_ns <= until && (!next || rig->units[i].due_ns < next->due_ns))
                next = &rig->units[i];
        if (!next)
            break;
        rig->now_ns = next->due_ns;
        next->due_ns = 0;
        supervisor_timer(next->service);
    }
    rig->now_ns = until;
}

static void check(struct rig *rig, const char *expected)
{
    cr_assert_str_eq(rig->journal, expected);
    rig->journal[0] = '\0';
}

static void check_changes(struct rig *rig, const char *expected)
{
    cr_assert_str_eq(rig->changes, expected);
    rig->changes[0] = '\0';
}

Test(supervisor, tells_every_change)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", HANG_START);
    supervisor_boot(&rig->supervisor);
    check_changes(rig, "a:unknown>starting");
    service_started(a);
    check_changes(rig, "a:starting>running");
    service_failed(a, true, "ill");
    check_changes(rig, "a:running>failed");
    cr_assert_str_eq(a->message, "ill");
    pass(rig, 20 * MS);
    check_changes(rig, "a:failed>starting");
    service_failed(a, true, "ill again"); /* it fails while it was starting */
    check_changes(rig, "a:starting>failed");
    supervisor_stop_all(&rig->supervisor);
    check_changes(rig, "a:failed>stopped");
    drop(rig);
    rig = make();
    a = add(rig, "a", "", OBEY);
    struct service *b = add(rig, "b", "a", OBEY), *c = add(rig, "c", "", HANG_STOP), *d = add(rig, "d", "", OBEY);
    b->lifecycle.optional = c->lifecycle.optional = d->lifecycle.optional = true;
    supervisor_boot(&rig->supervisor);
    rig->changes[0] = '\0';
    service_ended(b);
    check_changes(rig, "b:running>exited");
    service_failed(d, false, "never again");
    check_changes(rig, "d:running>exited");
    supervisor_stop_all(&rig->supervisor);
    check_changes(rig, "c:running>stopping a:running>stopping a:stopping>stopped");
    pass(rig, 60 * MS);
    check_changes(rig, "c:stopping>failed");
    drop(rig);
}

Test(supervisor, order_and_reverse)
{
    struct rig *rig = make();
    add(rig, "a", "", OBEY);
    add(rig, "b", "a", OBEY);
    add(rig, "c", "a", OBEY);
    add(rig, "d", "bc", OBEY);
    supervisor_boot(&rig->supervisor);
    check(rig, "+a +b +c +d booted");
    supervisor_stop_all(&rig->supervisor);
    check(rig, "-d -c -b -a stopped");
    supervisor_stop_all(&rig->supervisor);
    check(rig, "");
    drop(rig);
}

Test(supervisor, only_what_is_wanted)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", OBEY), *b = add(rig, "b", "a", OBEY), *c = add(rig, "c", "", OBEY);
    a->lifecycle.auto_start = b->lifecycle.auto_start = c->lifecycle.auto_start = false;
    supervisor_boot(&rig->supervisor);
    check(rig, "booted");
    supervisor_want(&rig->supervisor, b);
    check(rig, "+a +b");
    cr_assert_eq(c->state, SERVICE_UNKNOWN);
    supervisor_stop_all(&rig->supervisor);
    check(rig, "-b -a stopped");
    drop(rig);
}

Test(supervisor, waits_for_a_slow_start)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", HANG_START);
    add(rig, "b", "a", OBEY);
    supervisor_boot(&rig->supervisor);
    check(rig, "+a");
    service_started(a);
    check(rig, "+b booted");
    drop(rig);
}

Test(supervisor, required_failure_ends_the_boot)
{
    struct rig *rig = make();
    add(rig, "a", "", OBEY);
    add(rig, "b", "a", FAIL_START);
    add(rig, "c", "b", OBEY);
    supervisor_boot(&rig->supervisor);
    check(rig, "+a +b failed:b");
    supervisor_stop_all(&rig->supervisor);
    check(rig, "-a stopped");
    drop(rig);
}

Test(supervisor, optional_failure_only_warns)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", FAIL_FOR_GOOD);
    a->lifecycle.optional = true;
    add(rig, "b", "", OBEY);
    supervisor_boot(&rig->supervisor);
    check(rig, "+a +b booted");
    cr_assert_eq(a->state, SERVICE_EXITED);
    drop(rig);
}

Test(supervisor, what_needs_a_failed_one_fails)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", FAIL_FOR_GOOD), *b = add(rig, "b", "a", OBEY);
    a->lifecycle.optional = true;
    supervisor_boot(&rig->supervisor);
    check(rig, "+a failed:b");
    cr_assert_str_eq(b->message, "it needs a:a, which ended with an error");
    drop(rig);
}

Test(supervisor, one_that_ran_to_its_end_is_enough)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", HANG_START);
    add(rig, "b", "a", OBEY);
    supervisor_boot(&rig->supervisor);
    unit_of(a)->behaviour = OBEY;
    service_ended(a);
    check(rig, "+a +b booted");
    cr_assert_eq(a->state, SERVICE_EXITED);
    drop(rig);
}

Test(supervisor, restarts_with_backoff)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", OBEY);
    supervisor_boot(&rig->supervisor);
    check(rig, "+a booted");
    static const uint64_t delays_ms[] = {10, 20, 40, 80, 80};
    for (size_t i = 0; i < 5; i++) {
        service_failed(a, true, "crash");
        cr_assert_eq(a->state, SERVICE_FAILED);
        cr_assert_str_eq(a->message, "crash");
        pass(rig, (delays_ms[i] - 1) * MS);
        check(rig, "");
        pass(rig, 2 * MS);
        check(rig, "+a");
    }
    cr_assert_eq(a->attempts, 5);
    pass(rig, 1001 * MS);
    service_failed(a, true, "crash");
    cr_assert_eq(a->attempts, 1, "stable for a second resets the counter");
    drop(rig);
}

Test(supervisor, a_restart_waits_for_what_it_needs)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", OBEY), *b = add(rig, "b", "a", OBEY);
    supervisor_boot(&rig->supervisor);
    check(rig, "+a +b booted");
    a->lifecycle.initial_delay_ns = 50 * MS;
    service_failed(a, true, "crash");
    service_failed(b, true, "crash");
    pass(rig, 20 * MS);
    check(rig, "");
    pass(rig, 31 * MS);
    check(rig, "+a +b");
    cr_assert_eq(b->state, SERVICE_RUNNING);
    drop(rig);
}

Test(supervisor, attempts_are_limited)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", OBEY);
    a->lifecycle.max_attempts = 2;
    supervisor_boot(&rig->supervisor);
    for (int i = 0; i < 3; i++) {
        service_failed(a, true, "crash");
        pass(rig, 100 * MS);
    }
    check(rig, "+a booted +a +a");
    cr_assert_eq(a->state, SERVICE_FAILED);
    cr_assert_not(service_is_active(a));
    drop(rig);
}

Test(supervisor, no_restart_without_hope)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", OBEY), *b = add(rig, "b", "", OBEY);
    supervisor_boot(&rig->supervisor);
    service_failed(a, false, "not retryable");
    service_ended(b);
    pass(rig, 1000 * MS);
    check(rig, "+a +b booted");
    cr_assert_eq(a->state, SERVICE_EXITED);
    cr_assert_eq(b->state, SERVICE_EXITED);
    supervisor_stop_all(&rig->supervisor);
    check(rig, "stopped");
    drop(rig);
}

Test(supervisor, start_timeout)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", HANG_START);
    a->lifecycle.optional = true;
    supervisor_boot(&rig->supervisor);
    pass(rig, 101 * MS);
    check(rig, "+a !a booted");
    cr_assert_str_eq(a->message, "it did not start within 100ms");
    pass(rig, 10 * MS);
    check(rig, "+a");
    drop(rig);
}

Test(supervisor, stop_timeout)
{
    struct rig *rig = make();
    add(rig, "a", "", OBEY);
    struct service *b = add(rig, "b", "a", HANG_STOP);
    supervisor_boot(&rig->supervisor);
    supervisor_stop_all(&rig->supervisor);
    check(rig, "+a +b booted -b");
    pass(rig, 51 * MS);
    check(rig, "!b -a stopped");
    cr_assert_eq(b->state, SERVICE_FAILED);
    cr_assert_str_eq(b->message, "stop timeout after 50ms");
    drop(rig);
}

Test(supervisor, stopping_while_starting_and_while_waiting)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", HANG_START), *b = add(rig, "b", "", OBEY);
    supervisor_boot(&rig->supervisor);
    service_failed(b, true, "crash");
    supervisor_stop_all(&rig->supervisor);
    cr_assert_eq(b->state, SERVICE_STOPPED);
    check(rig, "+a +b");
    service_started(a);
    check(rig, "-a stopped");
    pass(rig, 1000 * MS);
    check(rig, "");
    drop(rig);
}

/* A start that hangs has stop_timeout to come to an end when all is to stop. */
Test(supervisor, a_hanging_start_does_not_hold_up_the_stop)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", HANG_START);
    a->lifecycle.start_timeout_ns = 1000000ull * MS;
    add(rig, "b", "", OBEY);
    supervisor_boot(&rig->supervisor);
    supervisor_stop_all(&rig->supervisor);
    check(rig, "+a +b -b");
    pass(rig, 49 * MS);
    check(rig, "");
    pass(rig, 2 * MS);
    check(rig, "!a stopped");
    cr_assert_eq(a->state, SERVICE_STOPPED);
    drop(rig);
}

/* Other services do not wait for one that hangs, only those that need it. */
Test(supervisor, a_hanging_start_hangs_only_who_needs_it)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", HANG_START);
    a->lifecycle.optional = true;
    a->lifecycle.max_attempts = 1;
    add(rig, "b", "", OBEY);
    struct service *c = add(rig, "c", "a", OBEY);
    c->lifecycle.optional = true;
    supervisor_boot(&rig->supervisor);
    check(rig, "+a +b");
    pass(rig, 101 * MS);
    check(rig, "!a");
    pass(rig, 500 * MS);
    check(rig, "+a !a booted");
    cr_assert_eq(c->state, SERVICE_FAILED);
    drop(rig);
}

/* Running for stable_threshold forgets earlier failures; a moment less does not. */
Test(supervisor, stable_threshold)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", OBEY);
    a->lifecycle.max_attempts = 3;
    supervisor_boot(&rig->supervisor);
    for (int i = 0; i < 10; i++) {
        pass(rig, 1000 * MS);
        service_failed(a, true, "crash");
        cr_assert_eq(a->attempts, 1, "failure %d", i);
        pass(rig, 11 * MS);
        cr_assert_eq(a->state, SERVICE_RUNNING);
    }
    for (uint32_t i = 2; i <= 3; i++) {
        pass(rig, 900 * MS);
        service_failed(a, true, "crash");
        cr_assert_eq(a->attempts, i);
        pass(rig, 41 * MS);
    }
    pass(rig, 900 * MS);
    service_failed(a, true, "crash");
    cr_assert(a->has_given_up);
    cr_assert_eq(a->state, SERVICE_FAILED);
    drop(rig);
}

Test(supervisor, killing_all)
{
    struct rig *rig = make();
    add(rig, "a", "", HANG_STOP);
    add(rig, "b", "a", HANG_STOP);
    add(rig, "c", "", HANG_START);
    supervisor_boot(&rig->supervisor);
    supervisor_stop_all(&rig->supervisor);
    check(rig, "+a +b +c -b");
    supervisor_kill_all(&rig->supervisor);
    check(rig, "!c !b !a stopped");
    pass(rig, 1000 * MS);
    check(rig, "");
    drop(rig);
}

Test(supervisor, failure_while_stopping_is_a_stop)
{
    struct rig *rig = make();
    struct service *a = add(rig, "a", "", HANG_STOP);
    supervisor_boot(&rig->supervisor);
    supervisor_stop_all(&rig->supervisor);
    service_failed(a, true, "error in the cancel handler");
    check(rig, "+a booted -a stopped");
    cr_assert_eq(a->state, SERVICE_STOPPED);
    drop(rig);
}
