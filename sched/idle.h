/* SPDX-License-Identifier: MIT */
/*
 * idle: who sleeps, who searches, and whom to wake. The proof that no wake-up is lost is in idle.c.
 */
#ifndef SCHED_IDLE_H
#define SCHED_IDLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "sched/base/compiler.h"

enum { IDLE_WORDS = 8, IDLE_ANY = -1 };

struct sched;
struct worker;

struct idle {
    _Atomic uint64_t
        map[IDLE_WORDS] cache_aligned; /* bit per worker that sleeps and may be claimed to search for work */
    _Atomic unsigned searching;        /* workers that look for work, and claimed ones that will */
    _Atomic unsigned wakers;           /* threads between claiming a worker and having woken it */
    unsigned words;                    /* of map that are in use */
};

void idle_init(struct idle *idle, unsigned workers);

/* Any thread, after it has queued a task where thieves can take it: wakes one sleeper (`prefer` if it sleeps) unless somebody searches. */
void idle_wake_one(struct sched *sched, int prefer);

/* Wakes that worker's poller if it sleeps. Any thread. */
void idle_kick(struct worker *worker);
/* Wakes it in any case. Any thread. */
void idle_kick_always(struct worker *worker);

bool idle_has_sleepers(const struct idle *idle);

/* The worker's own thread. */

void idle_search_begin(struct worker *worker);
/* It has found work. Looks whether more is waiting and wakes the next one then. */
void idle_search_end(struct worker *worker);
/* It is about to sleep and must look at everything once more. Not `claimable`: nobody counts on it to search. */
void idle_enter(struct worker *worker, bool claimable);
/* It has slept, or changed its mind. If it was claimed meanwhile, it is searching now. */
void idle_leave(struct worker *worker, bool claimable);

#endif
