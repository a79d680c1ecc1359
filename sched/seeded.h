/* SPDX-License-Identifier: MIT */
/*
 * seeded: the loop of the one worker of a seeded scheduler, where every choice comes from one generator and the time is
 * virtual, so that a run can be repeated.
 */
#ifndef SCHED_SEEDED_H
#define SCHED_SEEDED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct task;
struct worker;

struct seeded {
    struct task **runnable; /* worker's thread only */
    unsigned count, capacity;
    unsigned streak;        /* slices since nothing was runnable */
    _Atomic uint64_t trace; /* hash of all choices; the worker's thread writes */
};

void seeded_init(struct seeded *seeded);
void seeded_destroy(struct seeded *seeded);

void seeded_loop(struct worker *worker);
/* A job waits, or the clock may be advanced to a timer. */
bool seeded_has_more(const struct worker *worker);
void seeded_trace(struct seeded *seeded, uint64_t event);

#endif
