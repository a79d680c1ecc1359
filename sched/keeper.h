/* SPDX-License-Identifier: MIT */
/*
 * keeper: a sleeping worker that looks after the timers of others, so that one of them wakes for a tick and not all. Waking costs
 * tens of microseconds and finds cold caches; what is due in one tick is mostly less than that for each worker.
 *
 * A worker that parks, and finds that another one sleeps and will be awake by the time its own first timer is due, relies on it: it sleeps longer.
 * Whoever is awake fires, in its service, what is due in the wheels of those that rely; who parks and relies on nobody wakes in time
 * for all of them. Only regular workers take part: a spare may be told to rest. It neither relies, nor does it fire for those who do.
 *
 * I1  While `due_ns` is D some regular worker is awake, or `wakes_ns` is at most D: one that sleeps wakes by then. (tests/model/keeper.pml)
 * I2  Who relies sleeps KEEPER_GRACE_NS longer, no more: were I1 wrong, timers would be late and not lost.
 *
 * While who is awake is stuck in a slice, the monitor has one that relies wake up, and that one does it all.
 */
#ifndef SCHED_KEEPER_H
#define SCHED_KEEPER_H

#include <stdatomic.h>
#include <stdint.h>

#include "sched/base/compiler.h"

struct sched;
struct worker;

enum { KEEPER_GRACE_NS = 100000000 };

struct keeper {
    _Atomic uint64_t wakes_ns cache_aligned; /* when the keeper wakes; UINT64_MAX: nobody is the keeper */
    _Atomic uint64_t due_ns; /* no timer in the wheel of one who relies is due before; UINT64_MAX: there is none */
};

void keeper_init(struct keeper *keeper);

/* The worker is about to park, and is_asleep is set. Returns the time by which it has to be awake for timers, UINT64_MAX: never. Own thread. */
uint64_t keeper_sleep(struct worker *worker);

/* It has slept, or changed its mind, with or without keeper_sleep before. Own thread. */
void keeper_wake(struct worker *worker);

static inline uint64_t keeper_due_ns(const struct keeper *keeper)
{
    return atomic_load_explicit(&keeper->due_ns, memory_order_relaxed);
}

/* When the next timer is due that the worker, awake, looks after: of its own wheel, or of those who rely. Any thread. */
uint64_t keeper_next_due_ns(const struct worker *worker);

/* Fires what is due at now_ns in the wheels of all who rely; does nothing if `worker` is a spare. Own thread. */
void keeper_fire(struct worker *worker, uint64_t now_ns);

/* Wakes one of those who rely, if there is any: nobody who is awake fires for them. Any thread. */
void keeper_rouse(struct sched *sched);

#endif
