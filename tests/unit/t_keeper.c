/* SPDX-License-Identifier: MIT */
/* links: sched */
/*
 * keeper: who wakes for whose timers. The workers of a scheduler that was not started, so that each step is taken here; how they meet is the
 * business of tests/model/keeper.pml. At the end, that workers take these steps.
 */
#include "sched/keeper.h"

#include <criterion/criterion.h>
#include <unistd.h>

#include "sched/base/compiler.h"
#include "sched/core.h"
#include "sched/poller_futex.h"
#include "sched/task.h"
#include "sched/worker.h"

static const uint64_t ms = 1000000;

static struct sched *sched;
static struct worker *a, *b, *c;
static uint64_t start_ns; /* a tick */

struct probe {
    struct timer timer;
    int fired;
};

/* Each of the workers has a counter as its poller. */
static void count_wake(void *from, void *poller)
{
    (void)from;
    ++*(int *)poller;
}

static const struct sched_poller counting = {.wake = count_wake};

static void setup(void)
{
    struct sched_config config = {.workers = 3, .poller = &counting};
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

/* It sleeps, while a has changed its mind before it said when it would wake. */
Test(keeper, one_keeper_does_not_take_back_what_the_next_has_said)
{
    struct probe p, q;
    arm(a, &p, 100);
    arm(b, &q, 100);
    keeper_sleep(a);
    keeper_wake(a);
    cr_assert_eq(keeper_sleep(b), at(100));
    keeper_wake(a);
    cr_assert_eq(sched->keeper.wakes_ns, at(100));
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

Test(keeper, fires_for_each_of_them)
{
    struct probe p, q[2], r;
    arm(a, &q[0], 0);
    arm(a, &q[1], 7200000);
    arm(b, &p, 0);
    arm(c, &r, 0);
    keeper_sleep(b);
    keeper_sleep(a);
    keeper_sleep(c);
    keeper_wake(b);
    keeper_fire(b, start_ns);
    cr_assert_eq(q[0].fired, 1);
    cr_assert_eq(r.fired, 1);
    cr_assert_leq(keeper_due_ns(&sched->keeper), at(7200000), "of the one, not of the other");
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

Test(keeper, one_of_those_who_rely_is_roused)
{
    struct probe p, q;
    int wakes[3] = {0};
    for (int i = 0; i < 3; i++) {
        sched->workers[i]->poller = &wakes[i];
        sched->workers[i]->is_asleep = 1;
    }
    keeper_rouse(sched);
    cr_assert_eq(wakes[0] + wakes[1] + wakes[2], 0, "nobody relies");
    arm(a, &p, 100);
    arm(b, &q, 100);
    keeper_sleep(a);
    keeper_sleep(b);
    keeper_rouse(sched);
    cr_assert_eq(wakes[1], 1);
    cr_assert_eq(wakes[0] + wakes[2], 0);
}

/* Workers that run. */

TestSuite(keeper_live, .timeout = 60);

static void start(unsigned workers)
{
    struct sched_config config = {.workers = workers, .poller = poller_futex()};
    cr_assert_eq(sched_new(&sched, &config), 0);
    cr_assert_eq(sched_start(sched), 0);
}

struct member {
    struct task task;
    struct probe probe;
    bool is_armed;
    uint64_t wakes_ns; /* what it found */
    _Atomic bool is_done;
};

static void begin(struct member *m, task_run_f run)
{
    *m = (struct member){0};
    task_init(&m->task, run, TASK_IDLE);
    wheel_timer_init(&m->probe.timer, note);
    task_wake(sched, &m->task);
}

static enum task_verdict arm_then_look(struct task *task)
{
    struct member *m = container_of(task, struct member, task);
    m->wakes_ns = atomic_load(&sched->keeper.wakes_ns);
    if (m->is_armed)
        m->is_done = true;
    else
        wheel_arm(sched, &m->probe.timer, worker_now(worker_self()) + 3600 * 1000 * ms);
    m->is_armed = true;
    return TASK_PARKED;
}

Test(keeper_live, a_worker_says_when_it_will_wake_only_while_it_sleeps)
{
    struct member m;
    start(1);
    begin(&m, arm_then_look);
    while (atomic_load(&sched->keeper.wakes_ns) == UINT64_MAX)
        usleep(200);
    task_wake(sched, &m.task);
    while (!m.is_done)
        usleep(200);
    cr_assert_eq(m.wakes_ns, UINT64_MAX);
    cr_assert(wheel_cancel(&m.probe.timer));
    sched_free(sched);
}

/* As if the other worker had gone to sleep for longer: it will not wake by itself. Many short slices. */
static enum task_verdict go_on_while_other_relies(struct task *task)
{
    struct member *m = container_of(task, struct member, task);
    struct worker *other = sched->workers[1 - worker_index(worker_self())];
    if (!m->is_armed && atomic_load(&other->is_asleep)) {
        uint64_t now = worker_now(worker_self());
        m->is_armed = true;
        other->relies = true;
        wheel_add(&other->wheel, &m->probe.timer, now + ms, now);
        sched->keeper.due_ns = now + ms;
    }
    m->is_done = m->is_armed && !atomic_load(&m->probe.timer.wheel);
    return m->is_done ? TASK_PARKED : TASK_AGAIN;
}

Test(keeper_live, who_is_awake_fires_in_its_service)
{
    struct member m;
    start(2);
    begin(&m, go_on_while_other_relies);
    while (!m.is_done)
        usleep(200);
    cr_assert_not(wheel_cancel(&m.probe.timer));
    cr_assert_eq(m.probe.fired, 1);
    sched_free(sched);
}
