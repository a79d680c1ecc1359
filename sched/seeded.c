/* SPDX-License-Identifier: MIT */
/*
 * seeded: all runnable tasks are in one array, and the next to run is any of them: that covers every order that queues,
 * stealing and parking of many workers could bring about. A blocking job runs between two slices, one in JOB_CHANCE times
 * or when nothing is runnable. When nothing is runnable, no job waits and the poller has nothing in flight, the clock jumps to
 * the next timer. Short work takes no time, so that a program that mostly waits sees round figures; once BUSY_SLICES have
 * run without a rest each slice takes some, or who computes until a timer ends it would go on for ever.
 *
 * The trace mixes what was chosen out of how many, never an address.
 */
#include "sched/seeded.h"

#include <stdlib.h>

#include "sched/base/memory.h"
#include "sched/blocking.h"
#include "sched/core.h"

enum { JOB_CHANCE = 8, FIRST_CAPACITY = 64, BUSY_SLICES = 8, SLICE_NS = 20000 };

enum seeded_event { EVENT_TASK = 1, EVENT_JOB, EVENT_CLOCK };

void seeded_init(struct seeded *s)
{
    s->runnable = NULL;
    s->count = s->capacity = s->streak = 0;
    atomic_init(&s->trace, 0xcbf29ce484222325u);
}

void seeded_destroy(struct seeded *s)
{
    free(s->runnable);
}

void seeded_trace(struct seeded *s, uint64_t event)
{
    uint64_t h = atomic_load_explicit(&s->trace, memory_order_relaxed) ^ event;
    h *= 0x9e3779b97f4a7c15u;
    atomic_store_explicit(&s->trace, h ^ (h >> 29), memory_order_relaxed);
}

static void add(struct seeded *s, struct task *task)
{
    if (s->count == s->capacity) {
        s->capacity = s->capacity ? s->capacity * 2 : FIRST_CAPACITY;
        s->runnable = memory_resize(s->runnable, s->capacity * sizeof(struct task *), "the list of tasks");
    }
    s->runnable[s->count++] = task;
}

static void gather(struct worker *w)
{
    struct task *task;
    unsigned injected = runqueue_drain_inject(&w->queue);
    if (injected)
        counter_add(&w->counters.injected, injected);
    while ((task = runqueue_pop(&w->queue)) != NULL)
        add(&w->sched->seeded, task);
}

static void run_any(struct worker *w)
{
    struct seeded *s = &w->sched->seeded;
    unsigned at = (unsigned)rng_below(&w->rng, s->count);
    struct task *task = s->runnable[at];
    seeded_trace(s, (uint64_t)EVENT_TASK << 56 | (uint64_t)s->count << 28 | at);
    s->runnable[at] = s->runnable[--s->count];
    w->now = sched_cycles(w->sched);
    worker_run_slice(w, task);
    if (++s->streak > BUSY_SLICES)
        clock_advance(&w->sched->clock, clock_now_ns(&w->sched->clock) + rng_below(&w->rng, 2 * SLICE_NS));
}

static void run_job(struct worker *w)
{
    struct blocking_job *job = blocking_pool_take(&w->sched->blocking);
    seeded_trace(&w->sched->seeded, (uint64_t)EVENT_JOB << 56);
    if (job)
        job->run(job);
}

static unsigned outstanding(const struct worker *w)
{
    return w->ops->outstanding ? w->ops->outstanding(w->poller) : 0;
}

static bool can_advance(const struct worker *w)
{
    return wheel_next_due_ns(&w->wheel) != UINT64_MAX && outstanding(w) == 0;
}

bool seeded_has_more(const struct worker *w)
{
    return blocking_pool_queued(&w->sched->blocking) > 0 || can_advance(w);
}

static void advance_clock(struct worker *w)
{
    uint64_t due = wheel_next_due_ns(&w->wheel);
    clock_advance(&w->sched->clock, due);
    seeded_trace(&w->sched->seeded, (uint64_t)EVENT_CLOCK << 56 ^ due);
}

void seeded_loop(struct worker *w)
{
    struct seeded *s = &w->sched->seeded;
    while (!sched_is_stopping(w->sched)) {
        /* Claimed while it slept: the next waker must not count on a search that does not take place. */
        if (w->is_searching)
            idle_search_end(w);
        worker_poll(w);
        gather(w);
        if (s->count == 0)
            s->streak = 0;
        bool has_job = blocking_pool_queued(&w->sched->blocking) > 0;
        if (has_job && (s->count == 0 || rng_below(&w->rng, JOB_CHANCE) == 0))
            run_job(w);
        else if (s->count > 0)
            run_any(w);
        else if (can_advance(w))
            advance_clock(w);
        else
            worker_park(w);
    }
}
