/* SPDX-License-Identifier: MIT */
/* links: sched */
/* sched: starting and stopping, failing to start, counters, two at once, order and fairness on one worker, kicks. */
#include "sched/sched.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "sched/base/clock.h"
#include "sched/base/compiler.h"
#include "sched/base/fault.h"
#include "sched/poller_futex.h"
#include "sched/task.h"
#include "sched/wheel.h"
#include "sched/worker.h"

TestSuite(sched, .timeout = 60);

struct job {
    struct task task;
    struct sched *sched;
    struct job *peer;
    _Atomic int runs;
    int rounds;
    _Atomic int done;
    int seen; /* what a test wants to know */
};

static void job_init(struct job *job, struct sched *sched, task_run_f run, int rounds)
{
    *job = (struct job){.sched = sched, .rounds = rounds};
    task_init(&job->task, run, TASK_IDLE);
}

static struct sched *start(const struct sched_config *config)
{
    struct sched *sched;
    cr_assert_eq(sched_new(&sched, config), 0);
    cr_assert_eq(sched_start(sched), 0);
    return sched;
}

/* Waits until its slice is over, so that its memory may be used anew. */
static void await(struct job *job)
{
    while (!atomic_load(&job->done) || atomic_load(&job->task.state) != TASK_IDLE)
        sched_yield();
}

static enum task_verdict count_down(struct task *task)
{
    struct job *j = container_of(task, struct job, task);
    j->runs++;
    if (--j->rounds > 0)
        return TASK_AGAIN;
    j->done = 1;
    return TASK_PARKED;
}

Test(sched, starts_and_stops_a_thousand_times)
{
    for (int i = 0; i < 1000; i++) {
        struct sched_config config = {.workers = 1 + (unsigned)i % 3};
        struct sched *sched = start(&config);
        struct job job;
        job_init(&job, sched, count_down, 2);
        task_wake(sched, &job.task);
        if (i % 2)
            await(&job);
        sched_stop(sched);
        sched_stop(sched);
        sched_free(sched);
    }
}

Test(sched, may_be_freed_without_a_start_or_a_stop)
{
    struct sched_config config = {.workers = 2};
    struct sched *sched;
    cr_assert_eq(sched_new(&sched, &config), 0);
    sched_stop(sched);
    sched_free(sched);
    sched_free(start(&config));
    sched_free(NULL);
}

Test(sched, refuses_a_second_start_and_too_many_workers)
{
    struct sched_config config = {.workers = 1};
    struct sched *sched = start(&config);
    cr_assert_eq(sched_start(sched), -EALREADY);
    sched_free(sched);
    config.workers = 100000;
    cr_assert_eq(sched_new(&sched, &config), -EINVAL);
}

Test(sched, two_live_in_one_os_process)
{
    struct sched_config config = {.workers = 2};
    struct sched *a = start(&config), *b = start(&config);
    struct job x, y;
    job_init(&x, a, count_down, 1000);
    job_init(&y, b, count_down, 1000);
    task_wake(a, &x.task);
    task_wake(b, &y.task);
    await(&x);
    sched_free(a);
    await(&y);
    job_init(&y, b, count_down, 1000);
    task_wake(b, &y.task);
    await(&y);
    sched_free(b);
}

static enum task_verdict wake_peer(struct task *task)
{
    struct job *j = container_of(task, struct job, task);
    task_wake(j->peer->sched, &j->peer->task);
    j->done = 1;
    return TASK_PARKED;
}

Test(sched, a_worker_wakes_a_task_of_another_scheduler)
{
    struct sched_config config = {.workers = 1};
    struct sched *a = start(&config), *b = start(&config);
    struct job x, y;
    for (int i = 0; i < 200; i++) {
        job_init(&x, a, wake_peer, 1);
        job_init(&y, b, count_down, 1);
        x.peer = &y;
        task_wake(a, &x.task);
        await(&x);
        await(&y);
    }
    sched_stop(a);
    sched_stop(b);
    struct sched_stats stats;
    sched_stats(b, 0, &stats);
    cr_assert_geq(stats.slices, 200);
    sched_free(a);
    sched_free(b);
}

Test(sched, start_fails_cleanly_without_threads)
{
    struct fault_plan *plan = fault_plan_new();
    struct sched_config config = {.workers = 3, .fault = plan};
    struct sched *sched;
    cr_assert_eq(sched_new(&sched, &config), 0);
    /* Three workers and the monitor: each of them in turn. */
    for (uint64_t nth = 1; nth <= 4; nth++) {
        fault_set(plan, FAULT_THREAD, nth, UINT64_MAX, EAGAIN);
        cr_assert_eq(sched_start(sched), -EAGAIN);
    }
    fault_set(plan, FAULT_THREAD, 1, 0, 0);
    cr_assert_eq(sched_start(sched), 0);
    sched_free(sched);
    fault_plan_free(plan);
}

Test(sched, new_fails_cleanly_without_memory)
{
    struct fault_plan *plan = fault_plan_new();
    struct sched_config config = {.workers = 3, .fault = plan};
    struct sched *sched = NULL;
    uint64_t nth = 1;
    for (;; nth++) {
        fault_set(plan, FAULT_MALLOC, nth, 1, ENOMEM);
        int error = sched_new(&sched, &config);
        if (error == 0)
            break;
        cr_assert_eq(error, -ENOMEM);
    }
    cr_assert_geq(nth, 3);
    cr_assert_eq(sched_fault(sched), plan);
    cr_assert_null(sched_log(sched));
    sched_free(sched);
    fault_plan_free(plan);
}

Test(sched, defaults_make_a_worker_per_cpu)
{
    struct sched_config config = {0};
    struct sched *sched = start(&config);
    struct job job;
    cr_assert_geq(sched_workers(sched), 1);
    job_init(&job, sched, count_down, 3);
    task_wake(sched, &job.task);
    await(&job);
    cr_assert_eq(job.runs, 3);
    sched_free(sched);
}

/* A poller that opens only some times, and counts what is done with it. */
struct rig {
    _Atomic int opens, closes, fail_at, polls;
};

struct rig_poller {
    void *inner;
    struct rig *rig;
};

static int rig_open(void *ctx, struct worker *worker, void **out)
{
    struct rig *rig = ctx;
    if (atomic_fetch_add(&rig->opens, 1) + 1 == rig->fail_at)
        return -EMFILE;
    struct rig_poller *p = malloc(sizeof *p);
    p->rig = rig;
    *out = p;
    return poller_futex()->open(NULL, worker, &p->inner);
}

static void rig_close(void *poller)
{
    struct rig_poller *p = poller;
    poller_futex()->close(p->inner);
    p->rig->closes++;
    free(p);
}

static unsigned rig_poll(void *poller)
{
    ((struct rig_poller *)poller)->rig->polls++;
    return 0;
}

static void rig_submit(void *poller)
{
    (void)poller;
}

static void rig_park(void *poller, uint64_t timeout_ns)
{
    poller_futex()->park(((struct rig_poller *)poller)->inner, timeout_ns);
}

static void rig_wake(void *from, void *poller)
{
    (void)from;
    poller_futex()->wake(NULL, ((struct rig_poller *)poller)->inner);
}

static const struct sched_poller rig_table = {
    .open = rig_open, .close = rig_close, .poll = rig_poll, .submit = rig_submit, .park = rig_park, .wake = rig_wake};

Test(sched, start_fails_cleanly_without_pollers)
{
    for (int nth = 1; nth <= 3; nth++) {
        struct rig rig = {.fail_at = nth};
        struct sched_config config = {.workers = 3, .poller = &rig_table, .poller_ctx = &rig};
        struct sched *sched;
        cr_assert_eq(sched_new(&sched, &config), 0);
        cr_assert_eq(sched_start(sched), -EMFILE);
        cr_assert_eq(rig.opens, 3);
        cr_assert_eq(rig.closes, 2);
        cr_assert_eq(sched_start(sched), 0);
        sched_free(sched);
        /* or more, if the machine was so busy that a spare came in */
        cr_assert_geq(rig.opens, 6);
        cr_assert_eq(rig.closes, rig.opens - 1);
    }
}

Test(sched, polls_while_busy)
{
    struct rig rig = {0};
    struct sched_config config = {.workers = 1, .poller = &rig_table, .poller_ctx = &rig};
    struct sched *sched = start(&config);
    struct job job;
    job_init(&job, sched, count_down, 8000);
    int before = rig.polls;
    task_wake(sched, &job.task);
    await(&job);
    cr_assert_geq(rig.polls - before, 1000);
    sched_free(sched);
}

Test(sched, a_kick_makes_a_sleeping_worker_poll)
{
    struct rig rig = {0};
    struct sched_config config = {.workers = 1, .poller = &rig_table, .poller_ctx = &rig};
    struct sched *sched = start(&config);
    for (int i = 0; i < 100; i++) {
        int before = rig.polls;
        worker_kick(sched_worker(sched, 0));
        while (rig.polls == before)
            sched_yield();
    }
    sched_free(sched);
}

/* Called when a worker has had nothing to do for a while: it sleeps until then at most, however far off its next timer is. */
struct rest {
    struct task task;
    struct timer timer;
    struct sched *sched;
    _Atomic int idles;
};

static struct task *wake_nobody(struct timer *timer)
{
    (void)timer;
    return NULL;
}

static enum task_verdict arm_far_off(struct task *task)
{
    struct rest *rest = container_of(task, struct rest, task);
    wheel_arm(rest->sched, &rest->timer, worker_now(worker_self()) + 3600000000000);
    return TASK_PARKED;
}

static void count_idle(void *ctx, void *local)
{
    (void)local;
    struct rest *rest = ctx;
    atomic_fetch_add(&rest->idles, 1);
}

Test(sched, an_idle_worker_is_told_so_before_a_timer_far_off)
{
    static struct rest rest;
    struct sched_config config = {.workers = 1, .idle = count_idle, .idle_ctx = &rest};
    rest.sched = start(&config);
    task_init(&rest.task, arm_far_off, TASK_IDLE);
    wheel_timer_init(&rest.timer, wake_nobody);
    task_wake(rest.sched, &rest.task);
    while (atomic_load(&rest.idles) < 2)
        usleep(1000);
    cr_assert(wheel_cancel(&rest.timer));
    sched_free(rest.sched);
}

static enum task_verdict look_around(struct task *task)
{
    struct job *j = container_of(task, struct job, task);
    struct worker *w = worker_self();
    int mark;
    cr_assert_eq(worker_sched(w), j->sched);
    cr_assert_lt(worker_index(w), sched_capacity(j->sched)); /* on a machine that is too busy the spare stands in */
    cr_assert_not_null(worker_poller(w));
    cr_assert_null(worker_local(w));
    worker_set_local(w, &mark);
    cr_assert_eq(worker_local(w), &mark);
    worker_set_local(w, NULL);
    uint64_t at = worker_slice_start_ns(w), now = worker_now(w), clock = clock_now_ns(sched_clock(j->sched));
    cr_assert(at <= now && now <= clock);
    cr_assert_geq(worker_slice_start_ns(w), now);
    cr_assert_not(worker_has_others(w));
    cr_assert_eq(worker_waiting(w), 0);
    task_wake_later(j->sched, &j->peer->task);
    cr_assert(worker_has_others(w));
    cr_assert_eq(worker_waiting(w), 1);
    while (!worker_is_over_budget(w))
        continue;
    cr_assert_geq(worker_slice_used_ns(w), 900000);
    j->done = 1;
    return TASK_PARKED;
}

Test(sched, tasks_ask_their_worker)
{
    struct sched_config config = {.workers = 1};
    struct sched *sched = start(&config);
    struct job job, peer;
    job_init(&job, sched, look_around, 1);
    job_init(&peer, sched, count_down, 1);
    job.peer = &peer;
    cr_assert_null(worker_self());
    task_wake(sched, &job.task);
    await(&job);
    await(&peer);
    cr_assert_eq(sched_workers(sched), 1);
    cr_assert_eq(sched_capacity(sched), 2);
    cr_assert_not(sched_is_seeded(sched));
    sched_free(sched);
}

/* A pair that plays ping-pong through run-next must not starve a third task. */
static _Atomic int pings;

static enum task_verdict ping_forever(struct task *task)
{
    struct job *j = container_of(task, struct job, task);
    pings++;
    if (!j->done)
        task_wake(j->sched, &j->peer->task);
    return TASK_PARKED;
}

static enum task_verdict note_pings(struct task *task)
{
    struct job *j = container_of(task, struct job, task);
    j->seen = pings;
    pings = 0;
    if (--j->rounds > 0)
        return TASK_AGAIN;
    j->done = 1;
    return TASK_PARKED;
}

Test(sched, run_next_does_not_starve_the_queue)
{
    struct sched_config config = {.workers = 1};
    struct sched *sched = start(&config);
    struct job a, b, c;
    job_init(&a, sched, ping_forever, 1);
    job_init(&b, sched, ping_forever, 1);
    job_init(&c, sched, note_pings, 100);
    a.peer = &b;
    b.peer = &a;
    task_wake(sched, &a.task);
    task_wake(sched, &c.task);
    await(&c);
    cr_assert_leq(c.seen, 64);
    a.done = b.done = 1;
    sched_free(sched);
}

/* A slice in which a timer gets due makes many tasks: the timer's task does not wait for all of them. */
enum { FRESH = 200, FEW = 50, TRIES = 100 };

struct storm;

struct drop {
    struct task task;
    struct storm *storm;
};

struct storm {
    struct task root;
    struct drop late, fresh[FRESH];
    struct timer timer;
    struct sched *sched;
    bool was_due, is_due;   /* before and after the timer was armed */
    _Atomic int ran, place; /* tasks that have run; how many had when `late` did */
};

static enum task_verdict fall(struct task *task)
{
    struct drop *drop = container_of(task, struct drop, task);
    int place = atomic_fetch_add(&drop->storm->ran, 1);
    if (drop == &drop->storm->late)
        atomic_store(&drop->storm->place, place);
    return TASK_PARKED;
}

static struct task *wake_late(struct timer *timer)
{
    return &container_of(timer, struct storm, timer)->late.task;
}

static enum task_verdict break_loose(struct task *task)
{
    struct storm *s = container_of(task, struct storm, root);
    for (int i = 0; i < FRESH; i++)
        task_wake_later(s->sched, &s->fresh[i].task);
    s->was_due = wheel_has_due(worker_self());
    wheel_arm(s->sched, &s->timer, 1);
    s->is_due = wheel_has_due(worker_self());
    return TASK_PARKED;
}

static void init_drop(struct drop *drop, struct storm *storm)
{
    drop->storm = storm;
    task_init(&drop->task, fall, TASK_IDLE);
}

/* Returns how many tasks had run before the timer's did. */
static int storm(struct sched *sched)
{
    struct storm *s = calloc(1, sizeof *s);
    s->sched = sched;
    task_init(&s->root, break_loose, TASK_IDLE);
    wheel_timer_init(&s->timer, wake_late);
    init_drop(&s->late, s);
    for (int i = 0; i < FRESH; i++)
        init_drop(&s->fresh[i], s);
    task_wake(sched, &s->root);
    while (atomic_load(&s->ran) <= FRESH)
        sched_yield();
    for (int i = 0; i < FRESH; i++)
        while (atomic_load(&s->fresh[i].task.state) != TASK_IDLE)
            sched_yield();
    while (atomic_load(&s->late.task.state) != TASK_IDLE || atomic_load(&s->root.state) != TASK_IDLE)
        sched_yield();
    int place = atomic_load(&s->place);
    cr_assert_not(s->was_due);
    cr_assert(s->is_due);
    free(s);
    return place;
}

/* Tried again: while a worker gets no CPU for long enough, a spare one runs what waits behind it. */
Test(sched, a_due_timer_goes_before_fresh_tasks)
{
    struct sched_config config = {.workers = 1};
    struct sched *sched = start(&config);
    int place = FRESH;
    for (int i = 0; i < TRIES && place >= FEW; i++)
        place = storm(sched);
    cr_assert_lt(place, FEW);
    sched_free(sched);
}

/* Each of many tasks spawns children and ends; memory is reused at once. */
enum { PARENTS = 50, CHILDREN = 200 };

static _Atomic int children_run;

static enum task_verdict end_child(struct task *task)
{
    atomic_fetch_add(&children_run, 1);
    task_end(task);
    free(task);
    return TASK_ENDED;
}

static enum task_verdict spawn_children(struct task *task)
{
    struct job *j = container_of(task, struct job, task);
    for (int i = 0; i < CHILDREN; i++) {
        struct task *child = malloc(sizeof *child);
        task_init(child, end_child, TASK_IDLE);
        if (i % 2)
            task_wake(j->sched, child);
        else
            task_wake_later(j->sched, child);
    }
    return TASK_PARKED;
}

Test(sched, every_child_runs_once)
{
    static struct job parents[PARENTS];
    struct sched_config config = {.workers = 4};
    struct sched *sched = start(&config);
    for (int i = 0; i < PARENTS; i++) {
        job_init(&parents[i], sched, spawn_children, 1);
        task_wake(sched, &parents[i].task);
    }
    while (children_run < PARENTS * CHILDREN)
        sched_yield();
    sched_stop(sched);
    struct sched_stats stats, one;
    uint64_t sum = 0;
    sched_stats_total(sched, &stats);
    for (unsigned i = 0; i < sched_capacity(sched); i++) {
        sched_stats(sched, i, &one);
        sum += one.slices;
    }
    cr_assert_eq(children_run, PARENTS * CHILDREN);
    cr_assert_eq(stats.slices, PARENTS * CHILDREN + PARENTS);
    cr_assert_eq(sum, stats.slices);
    cr_assert_gt(stats.busy_ns, 0);
    sched_free(sched);
}

static enum task_verdict note_signals(struct task *task)
{
    struct job *j = container_of(task, struct job, task);
    sigset_t set;
    pthread_sigmask(SIG_BLOCK, NULL, &set);
    j->seen = sigismember(&set, SIGURG) == 0 && sigismember(&set, SIGTERM) == 1 && sigismember(&set, SIGSEGV) == 0;
    j->done = 1;
    return TASK_PARKED;
}

Test(sched, only_workers_take_the_preemption_signal)
{
    struct sched_config config = {.workers = 1};
    struct sched *sched = start(&config);
    struct job job;
    job_init(&job, sched, note_signals, 1);
    task_wake(sched, &job.task);
    await(&job);
    cr_assert_eq(job.seen, 1);
    sigset_t set;
    pthread_sigmask(SIG_BLOCK, NULL, &set);
    cr_assert_eq(sigismember(&set, SIGURG), 1);
    sched_free(sched);
}
