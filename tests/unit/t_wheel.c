/* SPDX-License-Identifier: MIT */
/* links: sched */
/* wheel: never early, never lost, far times, cancelling, the earliest time; and timers of a running scheduler. */
#include "sched/wheel.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <stdlib.h>

#include "sched/base/clock.h"
#include "sched/base/compiler.h"
#include "sched/base/rng.h"
#include "sched/sched.h"
#include "sched/task.h"

static const uint64_t ms = 1000000;

struct probe {
    struct timer timer;
    uint64_t due_ns;
    int fired;
};

static struct wheel wheel;
static struct task *woken[WHEEL_FIRE_BATCH];

static void setup(void)
{
    wheel_init(&wheel, 12345 * ms + 678);
}

static void teardown(void)
{
    wheel_destroy(&wheel);
}

TestSuite(wheel, .init = setup, .fini = teardown);

static struct task *note(struct timer *timer)
{
    container_of(timer, struct probe, timer)->fired++;
    return NULL;
}

static void arm(struct probe *p, uint64_t due_ns, uint64_t now_ns)
{
    wheel_timer_init(&p->timer, note);
    p->due_ns = due_ns;
    p->fired = 0;
    wheel_add(&wheel, &p->timer, due_ns, now_ns);
}

static int ordered; /* how many that note their place have fired */

static struct task *note_place(struct timer *timer)
{
    container_of(timer, struct probe, timer)->fired = ++ordered;
    return NULL;
}

static void arm_ordered(struct probe *p, uint64_t due_ns, uint64_t now_ns)
{
    wheel_timer_init(&p->timer, note_place);
    p->fired = 0;
    wheel_add(&wheel, &p->timer, due_ns, now_ns);
}

static unsigned fire(uint64_t now_ns)
{
    unsigned sum = 0, fired, count;
    do {
        fired = wheel_fire(&wheel, now_ns, false, woken, &count);
        sum += fired;
    } while (fired == WHEEL_FIRE_BATCH);
    return sum;
}

Test(wheel, fires_on_time_and_not_before)
{
    struct probe p;
    uint64_t now = 12345 * ms + 678;
    cr_assert_eq(wheel_next_due_ns(&wheel), UINT64_MAX);
    arm(&p, now + 10 * ms, now);
    cr_assert_eq(fire(now + 10 * ms - 1), 0);
    cr_assert_eq(p.fired, 0);
    cr_assert_eq(fire(now + 11 * ms), 1);
    cr_assert_eq(p.fired, 1);
    cr_assert_null(p.timer.wheel);
    cr_assert_eq(wheel_next_due_ns(&wheel), UINT64_MAX);
}

Test(wheel, a_due_timer_fires_at_once)
{
    struct probe p;
    arm(&p, 5, 12345 * ms + 678);
    cr_assert_eq(wheel_next_due_ns(&wheel), 0);
    cr_assert_eq(fire(12345 * ms + 678), 1);
}

Test(wheel, cancel_stops_it_once)
{
    struct probe p, q;
    uint64_t now = 20000 * ms;
    arm(&p, now + 50 * ms, now);
    arm(&q, now + 50 * ms, now);
    cr_assert(wheel_cancel(&p.timer));
    cr_assert_not(wheel_cancel(&p.timer));
    cr_assert_eq(fire(now + 100 * ms), 1);
    cr_assert_eq(p.fired, 0);
    cr_assert_eq(q.fired, 1);
    cr_assert_not(wheel_cancel(&q.timer));
    /* It may be armed again. */
    arm(&p, now + 200 * ms, now + 100 * ms);
    cr_assert_eq(fire(now + 200 * ms), 1);
}

Test(wheel, cancelling_the_last_empties_it)
{
    struct probe p, q;
    arm(&p, 5, 12345 * ms + 678);
    arm(&q, 99999 * ms, 12345 * ms + 678);
    cr_assert(wheel_cancel(&p.timer));
    cr_assert_gt(wheel_next_due_ns(&wheel), 0);
    cr_assert(wheel_cancel(&q.timer));
    cr_assert_eq(wheel_next_due_ns(&wheel), UINT64_MAX);
}

Test(wheel, far_times_are_reached_in_few_steps)
{
    struct probe p;
    static const uint64_t far[] = {1,
                                   63,
                                   64,
                                   65,
                                   1023,
                                   1024,
                                   1025,
                                   4095,
                                   4096,
                                   4097,
                                   1088,
                                   2047,
                                   2048,
                                   2049,
                                   (uint64_t)1 << 31,
                                   ((uint64_t)1 << 31) + 1,
                                   1000000000000};
    for (unsigned i = 0; i < sizeof far / sizeof *far; i++) {
        uint64_t now = wheel.current * WHEEL_TICK_NS, due = now + far[i] * ms;
        unsigned steps = 0;
        arm(&p, due, now);
        while (!p.fired) {
            uint64_t next = wheel_next_due_ns(&wheel);
            cr_assert(next <= due && next > now, "a step forward, not past the timer");
            cr_assert_leq(++steps, WHEEL_LEVELS + 1);
            now = next;
            fire(now);
            cr_assert(!p.fired || now >= due);
        }
        cr_assert_eq(now, due);
    }
}

/* Those of one tick, armed from far away to shortly before, with others between them. */
Test(wheel, timers_of_one_tick_fire_in_the_order_in_which_they_were_armed)
{
    static const uint64_t before[] = {70000, 9000, 4097, 4096, 2500, 2500, 1025, 1024, 1024, 1023, 1023, 64, 63, 1, 1};
    enum { N = sizeof before / sizeof *before };
    for (uint64_t due = 200000; due < 200130; due++) {
        struct probe p[N], others[N];
        teardown();
        wheel_init(&wheel, (due - 80000) * ms);
        ordered = 0;
        for (int i = 0; i < N; i++) {
            uint64_t now = (due - before[i]) * ms;
            fire(now);
            arm_ordered(&p[i], due * ms, now);
            arm(&others[i], (due + (i % 2 ? 1 : 64)) * ms, now);
        }
        cr_assert_eq(fire(due * ms), N);
        for (int i = 0; i < N; i++)
            cr_assert_eq(p[i].fired, i + 1, "%d, due at %d", i, (int)due);
        for (int i = 0; i < N; i++)
            cr_assert(wheel_cancel(&others[i].timer));
        cr_assert_eq(wheel_next_due_ns(&wheel), UINT64_MAX);
    }
}

/* All that are due up to a moment fire in one go in the order of their ticks, though the ring has turned meanwhile. */
Test(wheel, ticks_fire_in_their_order)
{
    enum { N = 3000, STEP = 7919 };
    static struct probe p[N];
    for (uint64_t start = 5000; start < 5130; start += 43) {
        teardown();
        wheel_init(&wheel, start * ms);
        ordered = 0;
        for (uint64_t i = 0; i < N; i++) {
            uint64_t ahead = i * STEP % N + 1;
            arm_ordered(&p[ahead - 1], (start + ahead) * ms, start * ms);
        }
        cr_assert_eq(fire((start + N) * ms), N);
        for (int i = 0; i < N; i++)
            cr_assert_eq(p[i].fired, i + 1);
    }
}

Test(wheel, takes_the_largest_times)
{
    struct probe p, q;
    arm(&p, UINT64_MAX, 12345 * ms);
    arm(&q, UINT64_MAX - 3 * ms, 12345 * ms);
    cr_assert_eq(fire((uint64_t)1 << 62), 0);
    cr_assert(wheel_cancel(&p.timer));
    cr_assert(wheel_cancel(&q.timer));
}

Test(wheel, random_timers_against_a_plain_list)
{
    enum { N = 500, STEPS = 3000 };
    static struct probe p[N];
    struct rng rng;
    uint64_t now = 12345 * ms + 678;
    rng_seed(&rng, 99);
    for (int i = 0; i < N; i++)
        wheel_timer_init(&p[i].timer, note);
    for (int step = 0; step < STEPS; step++) {
        struct probe *one = &p[rng_below(&rng, N)];
        bool is_pending = one->timer.wheel != NULL;
        if (is_pending && rng_below(&rng, 4) == 0)
            cr_assert(wheel_cancel(&one->timer));
        else if (!is_pending)
            arm(one, now + rng_below(&rng, (uint64_t)1 << (20 + rng_below(&rng, 20))), now);
        now += rng_below(&rng, 30 * ms);
        fire(now);
        uint64_t earliest = UINT64_MAX;
        for (int i = 0; i < N; i++) {
            if (!p[i].timer.wheel)
                continue;
            cr_assert_gt(p[i].due_ns + ms, now, "overdue and still pending");
            earliest = p[i].due_ns < earliest ? p[i].due_ns : earliest;
        }
        for (int i = 0; i < N; i++)
            cr_assert(p[i].fired == 0 || p[i].due_ns <= now);
        cr_assert(earliest == UINT64_MAX || wheel_next_due_ns(&wheel) <= earliest + ms);
    }
}

static struct task *free_it(struct timer *timer)
{
    free(container_of(timer, struct probe, timer));
    return NULL;
}

Test(wheel, a_callback_may_free_its_timer)
{
    for (int i = 0; i < 10; i++) {
        struct probe *p = malloc(sizeof *p);
        wheel_timer_init(&p->timer, free_it);
        wheel_add(&wheel, &p->timer, 13000 * ms + (uint64_t)i, 12345 * ms + 678);
    }
    cr_assert_eq(fire(13001 * ms), 10);
}

Test(wheel, a_batch_is_bounded)
{
    enum { N = 3 * WHEEL_FIRE_BATCH + 5 };
    static struct probe p[N];
    unsigned count;
    for (int i = 0; i < N; i++)
        arm(&p[i], 13000 * ms, 12345 * ms + 678);
    cr_assert_eq(wheel_fire(&wheel, 14000 * ms, false, woken, &count), WHEEL_FIRE_BATCH);
    cr_assert_eq(fire(14000 * ms), N - WHEEL_FIRE_BATCH);
}

/* In a running scheduler. */

struct sleeper {
    struct task task;
    struct timer timer;
    struct sched *sched;
    uint64_t due_ns;
    int rounds;
    bool is_armed;
    _Atomic int done, early;
};

static struct task *wake_sleeper(struct timer *timer)
{
    return &container_of(timer, struct sleeper, timer)->task;
}

static enum task_verdict sleep_again(struct task *task)
{
    struct sleeper *s = container_of(task, struct sleeper, task);
    uint64_t now = clock_now_ns(sched_clock(s->sched));
    if (s->is_armed && now < s->due_ns)
        s->early++;
    wheel_cancel(&s->timer);
    if (s->rounds-- == 0) {
        s->done = 1;
        return TASK_PARKED;
    }
    s->is_armed = true;
    s->due_ns = now + ((uint64_t)s->rounds % 4) * ms;
    wheel_arm(s->sched, &s->timer, s->due_ns);
    return TASK_PARKED;
}

Test(wheel, tasks_sleep_on_running_workers)
{
    enum { N = 50 };
    static struct sleeper s[N];
    struct sched_config config = {.workers = 2};
    struct sched *sched;
    cr_assert_eq(sched_new(&sched, &config), 0);
    cr_assert_eq(sched_start(sched), 0);
    for (int i = 0; i < N; i++) {
        s[i].sched = sched;
        s[i].rounds = 10;
        task_init(&s[i].task, sleep_again, TASK_IDLE);
        wheel_timer_init(&s[i].timer, wake_sleeper);
        task_wake(sched, &s[i].task);
    }
    for (int i = 0; i < N; i++) {
        while (!s[i].done)
            sched_yield();
        cr_assert_eq(s[i].early, 0);
    }
    sched_stop(sched);
    struct sched_stats stats;
    sched_stats_total(sched, &stats);
    cr_assert_eq(stats.timers_fired, N * 10);
    sched_free(sched);
}

struct flag {
    struct timer timer;
    _Atomic int fired;
};

static struct task *raise_flag(struct timer *timer)
{
    container_of(timer, struct flag, timer)->fired = 1;
    return NULL;
}

Test(wheel, other_threads_arm_and_cancel)
{
    struct sched_config config = {.workers = 2};
    struct sched *sched;
    cr_assert_eq(sched_new(&sched, &config), 0);
    cr_assert_eq(sched_start(sched), 0);
    struct flag far = {0}, near = {0};
    wheel_timer_init(&far.timer, raise_flag);
    wheel_timer_init(&near.timer, raise_flag);
    for (int round = 0; round < 5; round++) {
        near.fired = 0;
        uint64_t now = clock_now_ns(sched_clock(sched));
        wheel_arm(sched, &far.timer, now + 3600000 * ms);
        wheel_arm(sched, &near.timer, now + 3 * ms);
        while (!near.fired)
            sched_yield();
        cr_assert_geq(clock_now_ns(sched_clock(sched)), now + 3 * ms);
        cr_assert_not(wheel_cancel(&near.timer));
        cr_assert(wheel_cancel(&far.timer));
    }
    cr_assert_eq(far.fired, 0);
    sched_free(sched);
}
