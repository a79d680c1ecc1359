/* SPDX-License-Identifier: MIT */
/* steal: see steal.h. */
#include "sched/steal.h"

#include "sched/core.h"

static uint64_t us(const struct worker *w, unsigned count)
{
    return w->sched->cycles.per_us * count;
}

/* It has given no sign of life for long enough that its run-next is anybody's. */
static bool is_stuck(const struct worker *w, uint64_t now)
{
    return !atomic_load_explicit(&w->is_asleep, memory_order_relaxed) &&
           cycles_since(now, atomic_load_explicit(&w->mark, memory_order_relaxed)) > us(w, CORE_STUCK_US);
}

/*
 * Not if the owner will get to them within CORE_WORTH_US: what a thief has to fetch from the owner's cache costs more than tiny slices take.
 * If a slice then lasts longer after all, the monitor has a thief woken.
 */
bool worker_is_worth_stealing(const struct worker *w, uint64_t now)
{
    unsigned waiting = runqueue_is_long(&w->queue) ? UINT32_MAX : runqueue_length(&w->queue);
    if (waiting == 0)
        return is_stuck(w, now) && runqueue_has_any(&w->queue);
    uint64_t in_slice = cycles_since(now, atomic_load_explicit(&w->mark, memory_order_relaxed));
    uint64_t wait = in_slice + (uint64_t)waiting * atomic_load_explicit(&w->typical, memory_order_relaxed);
    return waiting == UINT32_MAX || wait > us(w, CORE_WORTH_US);
}

struct task *worker_steal(struct worker *w, bool of_stuck)
{
    struct sched *sched = w->sched;
    uint64_t now = sched_cycles(sched);
    unsigned start = (unsigned)rng_below(&w->rng, sched->capacity), count;
    for (unsigned i = 0; i < sched->capacity; i++) {
        struct worker *victim = sched->workers[(start + i) % sched->capacity];
        if (victim == w || !worker_is_worth_stealing(victim, now) || (of_stuck && !is_stuck(victim, now)))
            continue;
        struct task *task = runqueue_steal(&victim->queue, &w->queue, is_stuck(victim, now), &count);
        if (task) {
            counter_add(&w->counters.steals, 1);
            counter_add(&w->counters.stolen_tasks, count);
            return task;
        }
    }
    return NULL;
}
