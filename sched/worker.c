/* SPDX-License-Identifier: MIT */
/*
 * worker: the loop of a worker thread and what tasks may ask of it.
 *
 * A slice costs: one pop, two changes of the state word, at most one reading of the cycle counter (the end of a slice is the
 * start of the next) and a few plain stores. Everything else - poll, submit, timers, injected tasks - waits for the service,
 * after SERVICE_SLICES slices or SERVICE_US microseconds, whichever is first.
 *
 * Reading the counter takes 11 ns in a virtual machine, a twentieth of a slice that receives and sends one message. So while slices
 * are tiny (TINY_US in the mean) only every UNTIMED_MAX-th is timed, and each whose task goes on. Nobody is judged by a time
 * that several slices share.
 */
#include "sched/worker.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "sched/base/fault.h"
#include "sched/base/fence.h"
#include "sched/core.h"
#include "sched/interrupt.h"
#include "sched/spare.h"
#include "sched/steal.h"
#include "sched/task_state.h"

enum {
    SERVICE_SLICES = 8,
    SERVICE_US = 10,
    TINY_US = 1,
    UNTIMED_MAX = 4,
    POLL_FIRST_US = 100,  /* after a slice that long timers and completions come before the task itself */
    HEAVY_US = 1000,      /* a slice that long sends its task to sched.heavy */
    HEAVY_WAIT_US = 4000, /* those there get a slice of each worker at least this often */
    IDLE_US = 1000000,    /* see sched_config.idle */
    SPIN_US = 5,          /* searching before sleep */
    SPIN_PAUSES = 20,     /* between two searches */
    RESYNC_US = 1000,     /* age of the pair (base_ns, base) at which it is read again */
    STALL_SECONDS = 2,    /* FAULT_WORKER_STALL */
    SEEDED_BUDGET = 16,   /* seeded mode: one in so many questions for the budget is answered with yes */
};

/* Its place is known when the program starts, since this is never a library that is loaded later: reading it is one instruction, and no call. */
static __thread struct worker *self __attribute__((tls_model("initial-exec")));

struct worker *worker_self(void)
{
    return self;
}

static uint64_t us(const struct worker *w, unsigned count)
{
    return w->sched->cycles.per_us * count;
}

/* Timers, poller, injected tasks. */

void worker_fire_timers(struct worker *w, bool try_only)
{
    struct task *tasks[WHEEL_FIRE_BATCH];
    unsigned fired, count;
    do {
        fired = wheel_fire(&w->wheel, clock_now_ns(&w->sched->clock), try_only, tasks, &count);
        for (unsigned i = 0; i < count; i++)
            task_wake(w->sched, tasks[i]);
        if (fired)
            atomic_fetch_add_explicit(&w->counters.timers_fired, fired, memory_order_relaxed);
    } while (fired == WHEEL_FIRE_BATCH);
}

void worker_poll(struct worker *w)
{
    w->ops->poll(w->poller);
    w->ops->submit(w->poller);
    uint64_t due_ns = wheel_next_due_ns(&w->wheel);
    if (due_ns != UINT64_MAX && due_ns <= worker_slice_start_ns(w))
        worker_fire_timers(w, false);
    if (unlikely(keeper_due_ns(&w->sched->keeper) != UINT64_MAX))
        keeper_fire(w, worker_slice_start_ns(w));
}

static void take_injected(struct worker *w)
{
    unsigned injected = runqueue_drain_inject(&w->queue);
    if (injected)
        counter_add(&w->counters.injected, injected);
}

/* Completions, timers, and what others have woken for this worker. */
static void poll_all(struct worker *w)
{
    worker_poll(w);
    take_injected(w);
}

/* What was queued outside a slice has woken nobody so far. */
static void share(struct worker *w)
{
    if (idle_has_sleepers(&w->sched->idle) && runqueue_has_several(&w->queue) && worker_is_worth_stealing(w, w->now))
        idle_wake_one(w->sched, IDLE_ANY);
}

void worker_service(struct worker *w)
{
    w->serviced = w->now;
    w->until_service = SERVICE_SLICES;
    poll_all(w);
    share(w);
    if (w->is_spare && atomic_load_explicit(&w->mode, memory_order_acquire) == WORKER_RESTING)
        spare_rest(w);
}

static bool service_is_due(struct worker *w)
{
    return --w->until_service == 0 || w->now - w->serviced > us(w, SERVICE_US);
}

/* Slices. */

static void stall(void)
{
    struct timespec left = {STALL_SECONDS, 0};
    while (nanosleep(&left, &left) != 0)
        continue;
}

/* After `used` cycles, of its slice alone or of several. A long one, where there are others who want the CPU, waits among all that compute. */
static void queue_again(struct worker *w, struct task *task, uint64_t used, bool is_its_own)
{
    struct sched *sched = w->sched;
    if (used >= us(w, POLL_FIRST_US) && !sched->config.seeded)
        poll_all(w); /* what came meanwhile goes first */
    bool is_alone = heavy_is_empty(&sched->heavy) && !runqueue_has_any(&w->queue);
    if (used < us(w, HEAVY_US) || !is_its_own || is_alone || sched->config.seeded) {
        runqueue_push(&w->queue, task);
        return;
    }
    heavy_push(&sched->heavy, task);
    if (idle_has_sleepers(&sched->idle))
        idle_wake_one(sched, IDLE_ANY);
}

/* The slice that has ended is not timed if that can wait. */
static bool is_timed(const struct worker *w, bool goes_on)
{
    uint64_t typical = atomic_load_explicit(&w->typical, memory_order_relaxed);
    return w->untimed >= UNTIMED_MAX || goes_on || typical >= us(w, TINY_US);
}

/* Reads the counter and shares the time since the last reading out among the slices since then; returns it. */
static uint64_t time_slices(struct worker *w)
{
    uint64_t end = sched_cycles(w->sched), used = cycles_since(end, w->now), each = used / w->untimed;
    uint64_t typical = atomic_load_explicit(&w->typical, memory_order_relaxed);
    atomic_store_explicit(&w->typical, typical + each / 8 - typical / 8, memory_order_relaxed);
    counter_add(&w->counters.busy_cycles, used);
    w->now = end;
    if (unlikely(each >= us(w, HEAVY_US)))
        w->heavy_ended = end;
    w->untimed = 0;
    return used;
}

static no_return_of_its_own void run_slice(struct worker *w, struct task *task)
{
    uint64_t seq = atomic_load_explicit(&w->seq, memory_order_relaxed);
    atomic_store_explicit(&w->mark, w->now, memory_order_relaxed);
    atomic_store_explicit(&w->current, task, memory_order_relaxed);
    /* Release: whoever reads the odd number (acquire) sees `current` of this slice or of a later one. */
    atomic_store_explicit(&w->seq, seq + 1, memory_order_release);
    task_start(task);
    enum task_verdict verdict = task->run(task);
    atomic_store_explicit(&w->seq, seq + 2, memory_order_release);
    bool goes_on = verdict != TASK_ENDED && task_finish(task, verdict);
    bool is_alone = ++w->untimed == 1;
    uint64_t used = is_timed(w, goes_on) ? time_slices(w) : 0;
    if (goes_on)
        queue_again(w, task, used, is_alone);
    if (unlikely(fault_hit(w->fault, FAULT_WORKER_STALL)))
        stall();
}

void worker_run_slice(struct worker *w, struct task *task)
{
    run_slice(w, task);
}

/* As worker_queue, if the task cannot simply be the next one. */
static __attribute__((noinline)) void queue_among_others(struct worker *w, struct task *task, bool next, bool in_slice)
{
    if (!in_slice) { /* by a timer or the poller */
        runqueue_push_soon(&w->queue, task);
        return;
    }
    if (!next)
        runqueue_push(&w->queue, task);
    else if (!runqueue_push_next(&w->queue, task))
        return;
    if (idle_has_sleepers(&w->sched->idle) && worker_is_worth_stealing(w, sched_cycles(w->sched)))
        idle_wake_one(w->sched, IDLE_ANY);
}

void worker_queue(struct worker *w, struct task *task, bool next)
{
    bool in_slice = atomic_load_explicit(&w->seq, memory_order_relaxed) & 1;
    if (!next || !in_slice || !runqueue_set_next(&w->queue, task))
        queue_among_others(w, task, next, in_slice);
}

/* Without work. */

/*
 * The next task: of those that compute if the last long slice ended HEAVY_WAIT_US ago or there are no others. Before one that was not due,
 * what waits behind a stuck worker: while anybody computes, nobody is idle and searches.
 */
static __attribute__((noinline)) struct task *next_beside_heavy(struct worker *w)
{
    struct heavy *heavy = &w->sched->heavy;
    bool is_due = !heavy_is_empty(heavy) && w->now - w->heavy_ended > us(w, HEAVY_WAIT_US);
    struct task *task = is_due ? NULL : runqueue_pop(&w->queue);
    if (likely(task != NULL))
        return task;
    if (heavy_is_empty(heavy))
        return is_due ? runqueue_pop(&w->queue) : NULL;
    task = is_due ? NULL : worker_steal(w, true);
    if (!task)
        task = heavy_pop(heavy);
    return task || !is_due ? task : runqueue_pop(&w->queue);
}

static struct task *next_task(struct worker *w)
{
    struct task *task = likely(heavy_is_empty(&w->sched->heavy)) ? runqueue_pop(&w->queue) : NULL;
    return likely(task != NULL) ? task : next_beside_heavy(w);
}

static struct task *search(struct worker *w)
{
    struct task *task;
    uint64_t start = sched_cycles(w->sched);
    if (!w->is_searching)
        idle_search_begin(w);
    do {
        task = worker_steal(w, false);
        if (task)
            break;
        for (int i = 0; i < SPIN_PAUSES; i++)
            fence_pause();
        w->ops->poll(w->poller);
        take_injected(w);
        task = next_task(w);
    } while (!task && cycles_since(sched_cycles(w->sched), start) < us(w, SPIN_US));
    if (task)
        idle_search_end(w);
    return task;
}

static bool is_quiet(struct worker *w, bool claimable)
{
    struct sched *sched = w->sched;
    bool is_active = atomic_load_explicit(&w->mode, memory_order_acquire) == WORKER_ACTIVE;
    if (sched_is_stopping(sched) || w->ops->poll(w->poller) || runqueue_has_any(&w->queue) || is_active != claimable)
        return false;
    if (!is_active)
        return true;
    if (!heavy_is_empty(&sched->heavy))
        return false;
    if (sched->config.seeded && seeded_has_more(w))
        return false;
    uint64_t now = sched_cycles(sched);
    for (unsigned i = 0; i < sched->capacity; i++)
        if (worker_is_worth_stealing(sched->workers[i], now))
            return false;
    return true;
}

/* How long to sleep for the sake of timers, at most `most`. */
static uint64_t ns_until_timer(struct worker *w, uint64_t most)
{
    uint64_t due = keeper_sleep(w);
    if (due == UINT64_MAX || w->sched->config.seeded)
        return most;
    uint64_t now = worker_now(w), left = due > now ? due - now : 0;
    return left < most ? left : most;
}

/* Calls config.idle when it is due; returns how long to sleep at most for it. */
static uint64_t rest(struct worker *w)
{
    const struct sched_config *config = &w->sched->config;
    uint64_t busy = atomic_load_explicit(&w->counters.busy_cycles, memory_order_relaxed), second = us(w, IDLE_US);
    uint64_t now = sched_cycles(w->sched);
    if (!config->idle || config->seeded)
        return UINT64_MAX;
    if (busy != w->idle_busy) {
        w->idle_busy = busy;
        w->idle_left = 2;
        w->idle_due = now + second;
    }
    if (w->idle_left == 0)
        return UINT64_MAX;
    if (now >= w->idle_due) {
        config->idle(config->idle_ctx, w->local);
        w->idle_due = now + second;
        if (--w->idle_left == 0)
            return UINT64_MAX;
    }
    return cycles_to_ns(&w->sched->cycles, w->idle_due - now);
}

void worker_park(struct worker *w)
{
    bool claimable = atomic_load_explicit(&w->mode, memory_order_relaxed) == WORKER_ACTIVE;
    uint64_t timeout_ns, rest_ns = rest(w);
    idle_enter(w, claimable);
    if (is_quiet(w, claimable) && (timeout_ns = ns_until_timer(w, rest_ns)) > 0) {
        w->ops->submit(w->poller);
        counter_add(&w->counters.parks, 1);
        w->ops->park(w->poller, timeout_ns);
    }
    w->now = sched_cycles(w->sched);
    atomic_store_explicit(&w->mark, w->now, memory_order_relaxed);
    keeper_wake(w);
    idle_leave(w, claimable);
}

/* A task that needs no search; whoever has one does not search. */
static struct task *take_own(struct worker *w)
{
    struct task *task = next_task(w);
    if (task && w->is_searching)
        idle_search_end(w);
    return task;
}

/* The queue is empty. Looks everywhere, and sleeps if there is nothing; NULL: look again. */
static struct task *find_or_park(struct worker *w)
{
    if (w->untimed > 0)
        time_slices(w);
    else
        w->now = sched_cycles(w->sched);
    worker_service(w);
    struct task *task = take_own(w);
    if (!task)
        task = search(w);
    if (!task) {
        worker_park(w);
        share(w);
        return take_own(w);
    }
    w->now = sched_cycles(w->sched);
    return task;
}

static void loop(struct worker *w)
{
    while (!sched_is_stopping(w->sched)) {
        struct task *task = next_task(w);
        if (unlikely(!task))
            task = find_or_park(w);
        if (unlikely(!task))
            continue;
        run_slice(w, task);
        if (unlikely(service_is_due(w)))
            worker_service(w);
    }
}

void *worker_main(void *arg)
{
    struct worker *w = arg;
    struct gate *gate = &w->sched->gate;
    self = w;
    w->tid = gettid();
    w->now = sched_cycles(w->sched);
    w->until_service = 1;
    atomic_store_explicit(&w->mark, w->now, memory_order_relaxed);
    interrupt_unblock();
    int error = w->ops->open(w->sched->config.poller_ctx, w, &w->poller);
    if (error && w->is_spare)
        spare_fail(w, error);
    if (gate_arrive(gate, w, error)) {
        if (w->sched->config.seeded)
            seeded_loop(w);
        else
            loop(w);
    }
    /* A searcher that leaves the loop must not leave its count behind: wakers on other threads read it. */
    if (w->is_searching)
        atomic_fetch_sub(&w->sched->idle.searching, 1);
    w->is_searching = false;
    gate_leave(gate);
    interrupt_block();
    if (!error)
        w->ops->close(w->poller);
    self = NULL;
    return NULL;
}

/* For tasks. */

struct sched *worker_sched(const struct worker *w)
{
    return w->sched;
}

unsigned worker_index(const struct worker *w)
{
    return w->index;
}

struct rng *worker_rng(struct worker *w)
{
    return &w->rng;
}

void *worker_poller(const struct worker *w)
{
    return w->poller;
}

void *worker_local(const struct worker *w)
{
    return w->local;
}

void worker_set_local(struct worker *w, void *local)
{
    w->local = local;
}

uint64_t worker_now(struct worker *w)
{
    /* In this order: should the thread lose the CPU in between, what is counted from the pair lags behind the clock and is not ahead of it. */
    w->base_ns = clock_now_ns(&w->sched->clock);
    w->base = sched_cycles(w->sched);
    return w->base_ns;
}

uint64_t worker_slice_start_ns(struct worker *w)
{
    if (w->sched->config.seeded)
        return clock_now_ns(&w->sched->clock);
    uint64_t age = cycles_since(w->now, w->base);
    if (unlikely(age > us(w, RESYNC_US)))
        return worker_now(w);
    /* A thousandth less, so that an error of the calibration does not put it ahead of the clock. */
    uint64_t age_ns = cycles_to_ns(&w->sched->cycles, age);
    return w->base_ns + age_ns - (age_ns >> 10);
}

uint64_t worker_slice_used_ns(const struct worker *w)
{
    return cycles_to_ns(&w->sched->cycles, cycles_since(sched_cycles(w->sched), w->now));
}

bool worker_is_over_budget(struct worker *w)
{
    if (w->sched->config.seeded)
        return rng_below(&w->rng, SEEDED_BUDGET) == 0;
    return cycles_since(sched_cycles(w->sched), w->now) > us(w, CORE_STUCK_US);
}

bool worker_has_others(const struct worker *w)
{
    return runqueue_has_any(&w->queue) || w->sched->seeded.count > 0;
}

unsigned worker_waiting(const struct worker *w)
{
    return runqueue_length(&w->queue);
}

void worker_kick(struct worker *w)
{
    idle_kick(w);
}
