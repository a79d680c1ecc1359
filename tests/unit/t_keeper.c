/* SPDX-License-Identifier: MIT */
/* links: sched */
/*
 * keeper: who wakes for whose timers. The workers of a scheduler that was not started, so that each step is taken here; how they meet is the
 * business of tests/model/keeper.pml.
 */
#include "sched/keeper.h"

#include <criterion/criterion.h>

#include "sched/base/compiler.h"
#include "sched/core.h"

static const uint64_t ms = 1000000;

static struct sched *sched;
static struct worker *a, *b, *c;
static uint64_t start_ns; /* a tick */

struct probe {
    struct timer timer;
    int fired;
};

static void setup(void)
{
    struct sched_config config = {.workers = 3};
    cr_assert_eq(sched_new(&sched, &config), 0);
    a = sched->workers[0];
    b = sched->workers[1];
    c = sched->workers[2];
    start_ns = clock_now_ns(&sched->clock) / ms * ms;
}

static void teardown(void)
{
    sched_free(sched);
}

TestSuite(keeper, .init = setup, .fini = teardown);

static struct task *note(struct timer *timer)
{
    container_of(timer, struct probe, timer)->fired++;
    return NULL;
}

/* The time of a tick so many milliseconds from the start. */
static uint64_t at(unsigned after_ms)
{
    return start_ns + after_ms * ms;
}

static void arm(struct worker *w, struct probe *p, unsigned after_ms)
{
    wheel_timer_init(&p->timer, note);
    p->fired = 0;
    wheel_add(&w->wheel, &p->timer, at(after_ms), start_ns);
}

Test(keeper, one_alone_wakes_for_its_own_timer)
{
    struct probe p;
    arm(a, &p, 100);
    cr_assert_eq(keeper_sleep(a), at(100));
    cr_assert_eq(sched->keeper.wakes_ns, at(100));
    cr_assert_not(a->relies);
    keeper_wake(a);
    cr_assert_eq(sched->keeper.wakes_ns, UINT64_MAX);
    cr_assert_eq(keeper_due_ns(&sched->keeper), UINT64_MAX);
}

Test(keeper, without_timers_all_sleep_for_ever)
{
    cr_assert_eq(keeper_sleep(a), UINT64_MAX);
    cr_assert_eq(keeper_sleep(b), UINT64_MAX);
    cr_assert_not(a->relies || b->relies);
}

Test(keeper, who_wants_no_earlier_wake_relies)
{
    struct probe p, q, r;
    arm(a, &p, 100);
    arm(b, &q, 100);
    arm(c, &r, 250);
    keeper_sleep(a);
    cr_assert_eq(keeper_sleep(c), at(250) + KEEPER_GRACE_NS);
    cr_assert(c->relies);
    cr_assert_eq(keeper_due_ns(&sched->keeper), at(250));
    cr_assert_eq(keeper_sleep(b), at(100) + KEEPER_GRACE_NS);
    cr_assert(b->relies);
    cr_assert_eq(keeper_due_ns(&sched->keeper), at(100));
    keeper_wake(b);
    cr_assert_not(b->relies);
    cr_assert_eq(sched->keeper.wakes_ns, at(100), "the keeper still sleeps");
}

Test(keeper, who_must_wake_earlier_takes_over)
{
    struct probe p, q, r;
    arm(a, &p, 200);
    arm(b, &q, 100);
    arm(c, &r, 150);
    keeper_sleep(a);
    cr_assert_eq(keeper_sleep(b), at(100));
    cr_assert_not(b->relies);
    cr_assert_eq(sched->keeper.wakes_ns, at(100));
    keeper_sleep(c);
    cr_assert(c->relies);
    keeper_wake(a);
    cr_assert_eq(sched->keeper.wakes_ns, at(100), "not what the former one may take back");
    keeper_wake(b);
    cr_assert_eq(sched->keeper.wakes_ns, UINT64_MAX);
}

Test(keeper, who_parks_wakes_for_those_who_rely)
{
    struct probe p, q;
    arm(a, &p, 100);
    arm(b, &q, 150);
    keeper_sleep(a);
    keeper_sleep(b);
    keeper_wake(a);
    cr_assert(wheel_cancel(&p.timer));
    cr_assert_eq(keeper_sleep(a), at(150), "it has no timer of its own any more");
    cr_assert_eq(sched->keeper.wakes_ns, at(150));
    cr_assert_eq(keeper_sleep(c), UINT64_MAX, "one is enough");
}

/* As if c had read what is due before b lowered it, and had said when it wakes after a, on which b relied, woke up. */
Test(keeper, nobody_relies_on_one_who_wakes_too_late_for_others)
{
    struct probe p, q, r;
    arm(a, &p, 40);
    arm(b, &q, 50);
    arm(c, &r, 100);
    keeper_sleep(a);
    cr_assert_eq(keeper_sleep(b), at(50) + KEEPER_GRACE_NS);
    keeper_wake(a);
    wheel_cancel(&p.timer);
    sched->keeper.due_ns = UINT64_MAX;
    cr_assert_eq(keeper_sleep(c), at(100));
    sched->keeper.due_ns = at(50);
    arm(a, &p, 200);
    cr_assert_eq(keeper_sleep(a), at(50));
    cr_assert_not(a->relies);
    cr_assert_eq(sched->keeper.wakes_ns, at(50));
}

Test(keeper, fires_for_those_who_rely_and_for_no_other)
{
    struct probe p, q, r;
    arm(a, &p, 0);
    arm(b, &q, 0);
    arm(c, &r, 0);
    keeper_sleep(a);
    keeper_sleep(b);
    keeper_wake(a);
    keeper_fire(a, start_ns);
    cr_assert_eq(q.fired, 1);
    cr_assert_eq(p.fired + r.fired, 0, "those two are awake");
}

Test(keeper, knows_what_is_due_next)
{
    struct probe p, q[2];
    arm(a, &p, 0);
    arm(b, &q[0], 0);
    arm(b, &q[1], 3600000);
    keeper_sleep(a);
    keeper_sleep(b);
    keeper_wake(a);
    keeper_fire(a, clock_now_ns(&sched->clock));
    cr_assert_eq(q[0].fired, 1);
    cr_assert_eq(q[1].fired + p.fired, 0);
    cr_assert_gt(keeper_due_ns(&sched->keeper), at(0));
    cr_assert_leq(keeper_due_ns(&sched->keeper), at(3600000));
}

Test(keeper, who_is_awake_looks_after_both)
{
    struct probe p, q;
    arm(a, &p, 100);
    arm(b, &q, 200);
    keeper_sleep(a);
    keeper_sleep(b);
    keeper_wake(a);
    cr_assert_eq(keeper_next_due_ns(a), at(100));
    cr_assert_eq(keeper_next_due_ns(c), at(200));
    cr_assert_not(wheel_has_due(c));
}

Test(keeper, what_is_due_for_others_is_due)
{
    struct probe p, q;
    arm(a, &p, 0);
    arm(b, &q, 0);
    cr_assert_not(wheel_has_due(c));
    keeper_sleep(a);
    keeper_sleep(b);
    cr_assert(wheel_has_due(c));
}

Test(keeper, a_locked_wheel_is_looked_at_again)
{
    struct probe p, q;
    arm(a, &p, 0);
    arm(b, &q, 0);
    keeper_sleep(a);
    keeper_sleep(b);
    keeper_wake(a);
    uint64_t now = clock_now_ns(&sched->clock);
    pthread_mutex_lock(&b->wheel.lock);
    keeper_fire(a, now);
    pthread_mutex_unlock(&b->wheel.lock);
    cr_assert_eq(q.fired, 0);
    cr_assert_leq(keeper_due_ns(&sched->keeper), now);
    keeper_fire(a, now);
    cr_assert_eq(q.fired, 1);
    cr_assert_eq(keeper_due_ns(&sched->keeper), UINT64_MAX);
}

Test(keeper, a_spare_takes_no_part)
{
    struct worker *spare = sched->workers[sched->worker_count];
    struct probe p, q, r;
    arm(spare, &p, 100);
    arm(b, &q, 200);
    arm(c, &r, 50);
    cr_assert_eq(keeper_sleep(spare), at(100));
    cr_assert_eq(sched->keeper.wakes_ns, UINT64_MAX, "nobody relies on it");
    cr_assert_eq(keeper_sleep(c), at(50));
    keeper_wake(spare);
    cr_assert_eq(keeper_sleep(spare), at(100), "nor it on others");
    cr_assert_not(spare->relies);
}

/* Who parks while it does so would not see that b relies, and the spare itself does not look when it parks. */
Test(keeper, a_spare_fires_for_no_other)
{
    struct worker *spare = sched->workers[sched->worker_count];
    struct probe p, q;
    arm(a, &p, 0);
    arm(b, &q, 0);
    keeper_sleep(a);
    keeper_sleep(b);
    keeper_fire(spare, start_ns);
    cr_assert_eq(q.fired, 0);
    cr_assert_leq(keeper_due_ns(&sched->keeper), at(0));
    cr_assert_eq(keeper_next_due_ns(spare), UINT64_MAX);
    cr_assert_not(wheel_has_due(spare));
}
