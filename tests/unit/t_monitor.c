/* SPDX-License-Identifier: MIT */
/* links: sched; skip: tsan (a signal may come while the thread is inside the sanitizer, whose locks its callback would take again) */
/* monitor: preemption, interrupts, help for the tasks of stuck workers, spares, the watchdog. Tasks here spin until something
 * happens that only the monitor can bring about; a test that hangs has failed. */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sched/base/clock.h"
#include "sched/base/compiler.h"
#include "sched/base/fault.h"
#include "sched/base/log.h"
#include "sched/core.h"
#include "sched/poller_futex.h"
#include "sched/sched.h"
#include "sched/task.h"
#include "sched/worker.h"

TestSuite(monitor, .timeout = 60);

/* What worker_set_running gets: notes what the handler said. */
struct victim {
    _Atomic unsigned reasons;
    _Atomic int interrupts;
};

static void note_interrupt(void *running, unsigned reasons)
{
    struct victim *v = running;
    atomic_fetch_or(&v->reasons, reasons);
    atomic_fetch_add(&v->interrupts, 1);
}

static unsigned note_trace(void *running, char *text, unsigned size)
{
    (void)running;
    return (unsigned)snprintf(text, size, "line 42");
}

struct body {
    struct task task;
    struct victim victim;
    struct sched *sched;
    struct body *other;
    struct timer timer;
    unsigned wanted; /* reasons to wait for */
    _Atomic int started, done, go;
    _Atomic int runs;
};

static struct sched *start(unsigned workers, struct log *log, struct fault_plan *fault)
{
    struct sched *sched;
    struct sched_config config = {
        .workers = workers, .interrupt = note_interrupt, .traceback = note_trace, .log = log, .fault = fault};
    cr_assert_eq(sched_new(&sched, &config), 0);
    cr_assert_eq(sched_start(sched), 0);
    return sched;
}

static void body_init(struct body *b, struct sched *sched, task_run_f run)
{
    memset(b, 0, sizeof *b);
    b->sched = sched;
    task_init(&b->task, run, TASK_IDLE);
}

static void await(_Atomic int *flag)
{
    while (!atomic_load(flag))
        usleep(200);
}

/* Waits until its last slice is over, so that its memory may be used anew. */
static void await_end(struct body *b)
{
    await(&b->done);
    while (atomic_load(&b->task.state) != TASK_IDLE)
        usleep(200);
}

static enum task_verdict mark_done(struct task *task)
{
    struct body *b = container_of(task, struct body, task);
    atomic_fetch_add(&b->runs, 1);
    b->done = 1;
    return TASK_PARKED;
}

/* Spins as a program would, until it was interrupted for all the wanted reasons. */
static enum task_verdict spin_until_interrupted(struct task *task)
{
    struct body *b = container_of(task, struct body, task);
    b->started = 1;
    void *former = worker_set_running(worker_self(), &b->victim);
    while ((b->victim.reasons & b->wanted) != b->wanted)
        continue;
    cr_assert_eq(worker_set_running(worker_self(), &b->victim), &b->victim);
    worker_reset_running(worker_self(), former);
    b->done = 1;
    return TASK_PARKED;
}

Test(monitor, a_long_slice_is_preempted_and_then_called_stuck)
{
    struct sched *sched = start(1, NULL, NULL);
    struct body b;
    body_init(&b, sched, spin_until_interrupted);
    b.wanted = INTERRUPT_PREEMPT | INTERRUPT_STUCK;
    task_wake(sched, &b.task);
    await_end(&b);
    cr_assert_geq(b.victim.interrupts, 1); /* both reasons may come in one signal if the thread got no CPU */
    sched_stop(sched);
    struct sched_stats stats;
    sched_stats_total(sched, &stats);
    cr_assert_geq(stats.preemptions, 1);
    sched_free(sched);
}

Test(monitor, a_named_task_is_interrupted_at_once)
{
    struct sched *sched = start(2, NULL, NULL);
    struct body b, idle;
    body_init(&b, sched, spin_until_interrupted);
    body_init(&idle, sched, mark_done);
    b.wanted = INTERRUPT_SIGNAL;
    task_wake(sched, &b.task);
    await(&b.started);
    sched_interrupt(sched, &idle.task, INTERRUPT_SIGNAL);
    cr_assert_eq(b.victim.reasons & INTERRUPT_SIGNAL, 0);
    /* Again and again: the first may come before the slice is marked as interruptible, and is kept then. */
    sched_interrupt(sched, &b.task, INTERRUPT_SIGNAL);
    await_end(&b);
    sched_free(sched);
}

static enum task_verdict set_running_late(struct task *task)
{
    struct body *b = container_of(task, struct body, task);
    b->started = 1;
    while (!b->go)
        continue;
    cr_assert_eq(b->victim.interrupts, 0);
    worker_set_running(worker_self(), &b->victim);
    worker_reset_running(worker_self(), NULL);
    b->done = 1;
    return TASK_PARKED;
}

Test(monitor, an_interrupt_before_the_program_runs_is_kept)
{
    struct sched *sched = start(1, NULL, NULL);
    struct body b;
    body_init(&b, sched, set_running_late);
    task_wake(sched, &b.task);
    await(&b.started);
    sched_interrupt(sched, &b.task, INTERRUPT_SIGNAL);
    while (!atomic_load(&sched->workers[0]->missed))
        usleep(100);
    b.go = 1;
    await_end(&b);
    cr_assert(b.victim.reasons & INTERRUPT_SIGNAL);
    /* The next slice has nothing to do with it. */
    unsigned before = b.victim.interrupts;
    body_init(&b, sched, set_running_late);
    b.go = 1;
    task_wake(sched, &b.task);
    await_end(&b);
    cr_assert(b.victim.interrupts == 0 && before >= 1);
    sched_free(sched);
}

/* Wakes the other and spins until it has run. */
static enum task_verdict wake_and_wait(struct task *task)
{
    struct body *b = container_of(task, struct body, task);
    task_wake(b->sched, &b->other->task);
    while (!b->other->done)
        continue;
    b->done = 1;
    return TASK_PARKED;
}

Test(monitor, run_next_of_a_long_slice_is_stolen)
{
    struct sched *sched = start(2, NULL, NULL);
    struct body a, b;
    body_init(&a, sched, wake_and_wait);
    body_init(&b, sched, mark_done);
    a.other = &b;
    task_wake(sched, &a.task);
    await_end(&a);
    cr_assert_eq(b.runs, 1);
    sched_free(sched);
}

Test(monitor, a_spare_stands_in_when_all_are_stuck)
{
    struct sched *sched = start(1, NULL, NULL);
    struct body a, b;
    struct sched_stats stats;
    /* Until it has come in anew: in a round of which it has not yet seen that it may rest, it just goes on. */
    do {
        body_init(&a, sched, wake_and_wait);
        body_init(&b, sched, mark_done);
        a.other = &b;
        task_wake(sched, &a.task);
        await_end(&a);
        await_end(&b);
        sched_stats_total(sched, &stats);
        cr_assert_geq(stats.spare_starts, 1);
        /* It goes to rest when the worker is back. */
        while (atomic_load(&sched->workers[1]->mode) != WORKER_RESTING)
            usleep(500);
    } while (stats.spare_starts < 2);
    sched_free(sched);
}

/* Computes, in long slices, until the other has run. */
static enum task_verdict compute(struct task *task)
{
    struct body *b = container_of(task, struct body, task);
    uint64_t start = sched_cycles(b->sched);
    b->runs++;
    while (cycles_since(sched_cycles(b->sched), start) < 2000 * b->sched->cycles.per_us)
        continue;
    b->done = b->other->done;
    return b->done ? TASK_PARKED : TASK_AGAIN;
}

/* The spare has enough to do with those that compute, but what is behind the stuck worker comes first. */
Test(monitor, what_waits_behind_a_stuck_worker_does_not_wait_for_those_that_compute)
{
    struct sched *sched = start(1, NULL, NULL);
    struct body hogs[3], stuck, victim;
    body_init(&stuck, sched, wake_and_wait);
    body_init(&victim, sched, mark_done);
    stuck.other = &victim;
    for (int i = 0; i < 3; i++) {
        body_init(&hogs[i], sched, compute);
        hogs[i].other = &victim;
        task_wake(sched, &hogs[i].task);
    }
    for (int i = 0; i < 3; i++)
        while (hogs[i].runs < 2)
            usleep(200);
    task_wake(sched, &stuck.task);
    await_end(&stuck);
    cr_assert_eq(victim.runs, 1);
    for (int i = 0; i < 3; i++)
        await_end(&hogs[i]);
    sched_free(sched);
}

/* A poller of which only the first can be opened. */
static int open_once(void *ctx, struct worker *worker, void **out)
{
    if (atomic_fetch_add((_Atomic int *)ctx, 1) > 0)
        return -EMFILE;
    return poller_futex()->open(NULL, worker, out);
}

Test(monitor, a_spare_without_a_poller_is_left_out)
{
    struct sched_poller poller = *poller_futex();
    _Atomic int opens = 0;
    poller.open = open_once;
    struct sched *sched;
    struct sched_config config = {.workers = 1, .interrupt = note_interrupt, .poller = &poller, .poller_ctx = &opens};
    cr_assert_eq(sched_new(&sched, &config), 0);
    cr_assert_eq(sched_start(sched), 0);
    struct body b;
    body_init(&b, sched, spin_until_interrupted);
    b.wanted = INTERRUPT_STUCK;
    task_wake(sched, &b.task);
    await_end(&b);
    while (atomic_load(&sched->workers[1]->mode) != WORKER_FAILED)
        usleep(1000);
    cr_assert_eq(opens, 2);
    /* It does not keep the monitor awake. */
    while (atomic_load(&sched->monitor.sleep) != MONITOR_DEEP)
        usleep(1000);
    sched_free(sched);
}

Test(monitor, goes_on_without_a_thread_for_a_spare)
{
    struct fault_plan *plan = fault_plan_new();
    struct sched *sched = start(1, NULL, plan);
    fault_set(plan, FAULT_THREAD, 1, UINT64_MAX, EAGAIN);
    struct body b;
    struct sched_stats stats;
    body_init(&b, sched, spin_until_interrupted);
    b.wanted = INTERRUPT_STUCK;
    task_wake(sched, &b.task);
    await_end(&b);
    sched_stop(sched); /* the monitor may be just about to take the last one back */
    sched_stats_total(sched, &stats);
    cr_assert_eq(stats.spare_starts, 0);
    cr_assert_geq(fault_hits(plan, FAULT_THREAD), 1);
    sched_free(sched);
    fault_plan_free(plan);
}

/* Runs on a spare first, sleeps there, and is woken by the spare's wheel when that is at rest. */
static struct task *wake_self(struct timer *timer)
{
    return &container_of(timer, struct body, timer)->task;
}

static enum task_verdict sleep_once(struct task *task)
{
    struct body *b = container_of(task, struct body, task);
    if (atomic_fetch_add(&b->runs, 1) == 0) {
        wheel_arm(b->sched, &b->timer, worker_now(worker_self()) + 100000000);
        b->go = (int)worker_index(worker_self());
        b->done = 1;
    }
    return TASK_PARKED;
}

Test(monitor, a_spare_at_rest_still_serves_its_timers)
{
    struct sched *sched = start(1, NULL, NULL);
    struct body a, b;
    body_init(&a, sched, wake_and_wait);
    body_init(&b, sched, sleep_once);
    wheel_timer_init(&b.timer, wake_self);
    a.other = &b;
    task_wake(sched, &a.task);
    await_end(&a);
    cr_assert_eq(b.go, 1);
    while (b.runs < 2)
        usleep(500);
    sched_free(sched);
}

static struct task *wake_other(struct timer *timer)
{
    return &container_of(timer, struct body, timer)->other->task;
}

static enum task_verdict arm_and_wait(struct task *task)
{
    struct body *b = container_of(task, struct body, task);
    wheel_arm(b->sched, &b->timer, worker_now(worker_self()) + 1000000);
    while (!b->other->done)
        continue;
    b->done = 1;
    return TASK_PARKED;
}

/* `stick` arms the timer of its body, and ends when the task that this wakes has run. */
static void check_fires(task_run_f stick)
{
    struct sched *sched = start(2, NULL, NULL);
    struct body a, b;
    body_init(&a, sched, stick);
    body_init(&b, sched, mark_done);
    a.other = &b;
    wheel_timer_init(&a.timer, wake_other);
    task_wake(sched, &a.task);
    await_end(&a);
    cr_assert_not(wheel_cancel(&a.timer));
    sched_free(sched);
}

Test(monitor, timers_of_a_stuck_worker_fire)
{
    check_fires(arm_and_wait);
}

/* As if the other worker had gone to sleep for longer because this one is awake. */
static enum task_verdict stick_while_other_relies(struct task *task)
{
    struct body *b = container_of(task, struct body, task);
    struct worker *other = b->sched->workers[1 - worker_index(worker_self())];
    usleep(20000); /* it goes to sleep meanwhile; should it not, it fires the timer itself */
    uint64_t now = worker_now(worker_self());
    other->relies = true;
    wheel_add(&other->wheel, &b->timer, now + 1000000, now);
    b->sched->keeper.due_ns = now + 1000000;
    while (!b->other->done)
        continue;
    b->done = 1;
    return TASK_PARKED;
}

Test(monitor, timers_of_one_who_relies_on_a_stuck_worker_fire)
{
    check_fires(stick_while_other_relies);
}

struct kept_log {
    _Atomic int count;
    char text[512];
};

static void keep(void *ctx, const struct log_record *r)
{
    struct kept_log *k = ctx;
    if (strcmp(r->logger, "watchdog") != 0)
        return;
    snprintf(k->text, sizeof k->text, "%.*s", (int)r->message_length, r->message);
    atomic_fetch_add(&k->count, 1);
}

static enum task_verdict spin_until_go(struct task *task)
{
    struct body *b = container_of(task, struct body, task);
    worker_set_running(worker_self(), &b->victim);
    while (!b->go)
        continue;
    worker_reset_running(worker_self(), NULL);
    b->done = 1;
    return TASK_PARKED;
}

/* One slice that hangs until the watchdog has logged it. */
static void hang_once(struct kept_log *kept)
{
    struct log log = {.level = LOG_INFO, .sink = keep, .ctx = kept};
    struct sched *sched = start(1, &log, NULL);
    struct body b;
    body_init(&b, sched, spin_until_go);
    task_wake(sched, &b.task);
    await(&kept->count);
    b.go = 1;
    await_end(&b);
    sched_stop(sched);
    struct sched_stats stats;
    sched_stats_total(sched, &stats);
    cr_assert_eq(stats.watchdog_hits, 1);
    cr_assert_eq(kept->count, 1);
    sched_free(sched);
}

Test(monitor, the_watchdog_logs_where_a_worker_is)
{
    struct kept_log kept;
    /* On a very busy machine the worker may get no CPU while the watchdog waits for its trace, and then says so. */
    do {
        memset(&kept, 0, sizeof kept);
        hang_once(&kept);
    } while (!strstr(kept.text, "line 42"));
}

Test(monitor, sleeps_while_all_workers_sleep)
{
    struct sched *sched = start(2, NULL, NULL);
    struct body b;
    for (int round = 0; round < 3; round++) {
        while (atomic_load(&sched->monitor.sleep) != MONITOR_DEEP)
            usleep(1000);
        body_init(&b, sched, spin_until_interrupted);
        b.wanted = INTERRUPT_PREEMPT;
        task_wake(sched, &b.task);
        await_end(&b);
    }
    sched_free(sched);
}

/* F7: one worker hangs for two seconds between two slices; the others run all that is queued, and nothing runs twice. */
enum { CROWD = 400 };

struct member {
    struct task task;
    _Atomic int runs, inside;
    int rounds;
};

static enum task_verdict run_some(struct task *task)
{
    struct member *m = container_of(task, struct member, task);
    cr_assert_eq(atomic_fetch_add(&m->inside, 1), 0);
    atomic_fetch_add(&m->runs, 1);
    enum task_verdict verdict = --m->rounds > 0 ? TASK_AGAIN : TASK_PARKED;
    atomic_fetch_sub(&m->inside, 1);
    return verdict;
}

Test(monitor, a_stalled_worker_is_drained_by_the_others)
{
    static struct member crowd[CROWD];
    struct fault_plan *plan = fault_plan_new();
    struct sched *sched = start(2, NULL, plan);
    fault_set(plan, FAULT_WORKER_STALL, 50, 1, 1);
    uint64_t begin = clock_now_ns(sched_clock(sched));
    for (int i = 0; i < CROWD; i++) {
        crowd[i].rounds = 20;
        task_init(&crowd[i].task, run_some, TASK_IDLE);
        task_wake(sched, &crowd[i].task);
    }
    for (int i = 0; i < CROWD; i++)
        while (atomic_load(&crowd[i].task.state) != TASK_IDLE)
            usleep(200);
    /* No figure of speed: the stall has a fixed length, and a drained queue does not wait for its end. */
    bool is_drained_meanwhile = clock_now_ns(sched_clock(sched)) - begin < 2000000000u;
    sched_stop(sched);
    cr_assert_geq(fault_hits(plan, FAULT_WORKER_STALL), CROWD * 20);
    cr_assert(is_drained_meanwhile);
    for (int i = 0; i < CROWD; i++)
        cr_assert_eq(crowd[i].runs, 20);
    sched_free(sched);
    fault_plan_free(plan);
}
