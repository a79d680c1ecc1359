/* SPDX-License-Identifier: MIT */
/*
 * gate: start and end of the worker threads in step. No worker runs before all have a poller, and no poller is closed
 * before all have left their loops, so that a poller that can be reached can be woken.
 */
#ifndef SCHED_GATE_H
#define SCHED_GATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum gate_phase { GATE_NEW, GATE_STARTING, GATE_RUNNING, GATE_STOPPING, GATE_CLOSING, GATE_STOPPED };

struct worker;

struct gate {
    pthread_mutex_t lock; /* guards all but reads of phase */
    pthread_cond_t changed;
    _Atomic int phase; /* enum gate_phase, only grows while threads exist */
    unsigned arrived, left;
    int error; /* first one of an arrival */
};

void gate_init(struct gate *gate);
void gate_destroy(struct gate *gate);

/* A worker's thread: `error` is 0 if its poller is open. Waits for the start; true: run. */
bool gate_arrive(struct gate *gate, struct worker *worker, int error);
/* A worker's thread, after its loop: waits until pollers may be closed. */
void gate_leave(struct gate *gate);

/* The starter: waits for `count` arrivals and returns 0 or the first error. */
int gate_await_arrivals(struct gate *gate, unsigned count);
/* The stopper: waits for `count` leavers. */
void gate_await_leavers(struct gate *gate, unsigned count);
/* False: the phase was not `from`, nothing changed. */
bool gate_advance(struct gate *gate, enum gate_phase from, enum gate_phase to);

#endif
