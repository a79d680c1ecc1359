/* SPDX-License-Identifier: MIT */
/* links: sched */
/* seeded: the same seed gives the same run, other seeds other ones; virtual time; jobs; the poller's outstanding work. */
#include <criterion/criterion.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/clock.h"
#include "sched/base/compiler.h"
#include "sched/base/rng.h"
#include "sched/blocking.h"
#include "sched/poller_futex.h"
#include "sched/sched.h"
#include "sched/task.h"
#include "sched/wheel.h"
#include "sched/worker.h"

TestSuite(seeded, .timeout = 60);

static const uint64_t ms = 1000000;

enum { ACTORS = 12, ROUNDS = 30, EVENTS = ACTORS * ROUNDS };

struct actor {
    struct task task;
    struct timer timer;
    struct blocking_job job;
    struct run *run;
    int index, rounds;
};

/* One run of a small program: actors yield, sleep, hand jobs to the pool and wake each other, as chance will have it. */
struct run {
    struct sched *sched;
    struct actor actors[ACTORS];
    struct task root;
    int log[EVENTS], count;
    uint64_t hash, end_ns;
    _Atomic int left;
};

static struct task *fire(struct timer *timer)
{
    return &container_of(timer, struct actor, timer)->task;
}

static void finish_job(struct blocking_job *job)
{
    struct actor *a = container_of(job, struct actor, job);
    task_wake(a->run->sched, &a->task);
}

static enum task_verdict act(struct task *task)
{
    struct actor *a = container_of(task, struct actor, task);
    struct run *run = a->run;
    if (a->rounds == 0)
        return TASK_PARKED;
    run->log[run->count++] = a->index;
    if (--a->rounds == 0) {
        if (--run->left == 0) {
            run->end_ns = clock_now_ns(sched_clock(run->sched));
            run->left = -1;
        }
        return TASK_PARKED;
    }
    if (wheel_cancel(&a->timer))
        return TASK_AGAIN;
    switch (rng_below(worker_rng(worker_self()), 3)) {
    case 0:
        return TASK_AGAIN;
    case 1:
        wheel_arm(run->sched, &a->timer, worker_now(worker_self()) + rng_below(worker_rng(worker_self()), 50) * ms);
        return TASK_PARKED;
    default:
        a->job.run = finish_job;
        if (blocking_submit(run->sched, &a->job) != 0)
            return TASK_AGAIN;
        return TASK_PARKED;
    }
}

static enum task_verdict start_all(struct task *task)
{
    struct run *run = container_of(task, struct run, root);
    for (int i = 0; i < ACTORS; i++)
        task_wake(run->sched, &run->actors[i].task);
    return TASK_PARKED;
}

static void play(struct run *run, uint64_t seed)
{
    struct sched_config config = {.workers = 4, .seeded = true, .seed = seed};
    memset(run, 0, sizeof *run);
    cr_assert_eq(sched_new(&run->sched, &config), 0);
    cr_assert_eq(sched_workers(run->sched), 1);
    run->left = ACTORS;
    task_init(&run->root, start_all, TASK_IDLE);
    for (int i = 0; i < ACTORS; i++) {
        struct actor *a = &run->actors[i];
        a->run = run;
        a->index = i;
        a->rounds = ROUNDS;
        task_init(&a->task, act, TASK_IDLE);
        wheel_timer_init(&a->timer, fire);
    }
    task_wake(run->sched, &run->root);
    cr_assert_eq(sched_start(run->sched), 0);
    while (run->left != -1)
        sched_yield();
    sched_stop(run->sched);
    run->hash = sched_trace_hash(run->sched);
    sched_free(run->sched);
}

Test(seeded, the_same_seed_repeats_the_run)
{
    static struct run a, b;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        play(&a, seed);
        play(&b, seed);
        cr_assert_eq(a.hash, b.hash, "seed %d", (int)seed);
        cr_assert_eq(a.end_ns, b.end_ns);
        cr_assert_eq(a.count, EVENTS);
        cr_assert_eq(memcmp(a.log, b.log, sizeof a.log), 0);
    }
}

Test(seeded, another_seed_takes_another_way)
{
    static struct run a, b;
    play(&a, 1);
    play(&b, 2);
    cr_assert_neq(a.hash, b.hash);
    cr_assert_neq(memcmp(a.log, b.log, sizeof a.log), 0);
}

/* An hour passes at once. */
struct hour {
    struct task task;
    struct timer timer;
    struct sched *sched;
    _Atomic uint64_t woke_ns;
    bool is_armed;
};

static struct task *fire_hour(struct timer *timer)
{
    return &container_of(timer, struct hour, timer)->task;
}

static enum task_verdict sleep_an_hour(struct task *task)
{
    struct hour *h = container_of(task, struct hour, task);
    if (h->is_armed) {
        h->woke_ns = clock_now_ns(sched_clock(h->sched));
        return TASK_PARKED;
    }
    h->is_armed = true;
    wheel_arm(h->sched, &h->timer, worker_slice_start_ns(worker_self()) + 3600000 * ms);
    return TASK_PARKED;
}

/* Something is in flight until the test says that it is not: the clock must stand meanwhile. */
static _Atomic unsigned in_flight;

static unsigned count_in_flight(void *poller)
{
    (void)poller;
    return in_flight;
}

Test(seeded, the_clock_jumps_only_when_nothing_is_outstanding)
{
    struct sched_poller poller = *poller_futex();
    poller.outstanding = count_in_flight;
    struct sched_config config = {.seeded = true, .seed = 5, .poller = &poller};
    struct hour h = {0};
    cr_assert_eq(sched_new(&h.sched, &config), 0);
    cr_assert_eq(sched_start(h.sched), 0);
    task_init(&h.task, sleep_an_hour, TASK_IDLE);
    wheel_timer_init(&h.timer, fire_hour);
    in_flight = 1;
    task_wake(h.sched, &h.task);
    struct sched_stats stats;
    do {
        sched_yield();
        sched_stats_total(h.sched, &stats);
    } while (stats.parks < 2 && stats.slices < 1);
    while (atomic_load(&h.task.state) != TASK_IDLE)
        sched_yield();
    cr_assert_eq(clock_now_ns(sched_clock(h.sched)), 0);
    in_flight = 0;
    worker_kick(sched_worker(h.sched, 0));
    while (!h.woke_ns)
        sched_yield();
    cr_assert_eq(h.woke_ns, 3600000 * ms);
    sched_free(h.sched);
}

struct spinner {
    struct task task;
    struct timer timer;
    _Atomic uint64_t stopped_ns;
    bool is_armed, is_due;
};

static struct task *stop_spinning(struct timer *timer)
{
    container_of(timer, struct spinner, timer)->is_due = true;
    return NULL;
}

static enum task_verdict spin(struct task *task)
{
    struct spinner *s = container_of(task, struct spinner, task);
    struct sched *sched = worker_sched(worker_self());
    if (!s->is_armed)
        wheel_arm(sched, &s->timer, clock_now_ns(sched_clock(sched)) + 50 * ms);
    s->is_armed = true;
    if (!s->is_due)
        return TASK_AGAIN;
    s->stopped_ns = clock_now_ns(sched_clock(sched));
    return TASK_PARKED;
}

/* Else a program that computes until a timer ends it would go on for ever. */
Test(seeded, time_passes_while_a_task_does_not_rest)
{
    struct sched_config config = {.seeded = true, .seed = 5};
    struct sched *sched;
    struct spinner s = {0};
    cr_assert_eq(sched_new(&sched, &config), 0);
    cr_assert_eq(sched_start(sched), 0);
    task_init(&s.task, spin, TASK_IDLE);
    wheel_timer_init(&s.timer, stop_spinning);
    task_wake(sched, &s.task);
    while (!s.stopped_ns)
        sched_yield();
    cr_assert(s.stopped_ns >= 50 * ms && s.stopped_ns < 52 * ms);
    sched_free(sched);
}

static _Atomic int jobs_run;

static void count_job(struct blocking_job *job)
{
    (void)job;
    jobs_run++;
}

Test(seeded, jobs_run_without_threads_and_before_the_end)
{
    struct sched_config config = {.seeded = true, .seed = 5};
    struct blocking_job jobs[10];
    struct sched *sched;
    cr_assert_eq(sched_new(&sched, &config), 0);
    for (int i = 0; i < 10; i++) {
        jobs[i].run = count_job;
        cr_assert_eq(blocking_submit(sched, &jobs[i]), 0);
        if (i == 4) {
            cr_assert_eq(jobs_run, 0);
            cr_assert_eq(sched_start(sched), 0);
            while (jobs_run < 5)
                sched_yield();
        }
    }
    sched_stop(sched);
    cr_assert_eq(jobs_run, 10);
    sched_free(sched);
}

static _Atomic int runs;

static enum task_verdict count_run(struct task *task)
{
    (void)task;
    runs++;
    return TASK_PARKED;
}

Test(seeded, other_threads_wake_it_again_and_again)
{
    struct sched_config config = {.seeded = true, .seed = 5};
    struct sched *sched;
    struct task task;
    cr_assert_eq(sched_new(&sched, &config), 0);
    cr_assert_eq(sched_start(sched), 0);
    task_init(&task, count_run, TASK_IDLE);
    for (int i = 1; i <= 200; i++) {
        task_wake(sched, &task);
        while (runs < i || atomic_load(&task.state) != TASK_IDLE)
            sched_yield();
    }
    sched_free(sched);
}

Test(seeded, callers_mix_into_the_trace)
{
    struct sched_config config = {.seeded = true, .seed = 5};
    struct sched *sched;
    cr_assert_eq(sched_new(&sched, &config), 0);
    uint64_t before = sched_trace_hash(sched);
    sched_trace(sched, 1);
    uint64_t one = sched_trace_hash(sched);
    sched_trace(sched, 1);
    cr_assert(before != one && one != sched_trace_hash(sched));
    sched_free(sched);
}
