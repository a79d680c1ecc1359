/* SPDX-License-Identifier: MIT */
/*
 * worker: what code that runs inside a task may ask of the worker thread it runs on.
 */
#ifndef SCHED_WORKER_H
#define SCHED_WORKER_H

#include <stdbool.h>
#include <stdint.h>

struct rng;
struct sched;
struct worker;

/* The worker of the calling thread, NULL on other threads. */
struct worker *worker_self(void);

struct sched *worker_sched(const struct worker *worker);

/*
 * 0..sched_workers() - 1; a spare worker, which stands in for a stuck one, has an index above, below sched_capacity().
 * Arrays with an element per worker need sched_capacity() of them.
 */
unsigned worker_index(const struct worker *worker);

/* For the worker's own thread. Seeded mode: part of the seeded sequence. */
struct rng *worker_rng(struct worker *worker);

/* The poller object that open() made for this worker. */
void *worker_poller(const struct worker *worker);

/* Slot for vm's per-worker caches (slab magazines, message buffers); owned by who sets it. */
void *worker_local(const struct worker *worker);
void worker_set_local(struct worker *worker, void *local);

/*
 * What the interrupt callback gets; NULL at first: nothing that can be interrupted. Set just before lua_resume, on the worker's own thread, and reset just
 * after it to the former value, which set returns, so that slices nest. An interrupt that came in this slice while nothing was set is delivered
 * at the next set, to `running`, which is not NULL.
 */
void *worker_set_running(struct worker *worker, void *running);
void worker_reset_running(struct worker *worker, void *former);

/* Monotonic time at the start of the current slice or later; cheaper than clock_now_ns, refreshed by worker_now. Never
 * ahead of the clock; may lag behind it by a microsecond more. */
uint64_t worker_slice_start_ns(struct worker *worker);

/* The monotonic time, read from the clock. */
uint64_t worker_now(struct worker *worker);

/* CPU time since the start of the current slice, by the cycle counter: what a process is charged for at its slice's end. */
uint64_t worker_slice_used_ns(const struct worker *worker);

/* True when the current slice has run for over 1 ms: long C operations save their cursor and yield. Reads the clock. */
bool worker_is_over_budget(struct worker *worker);

/* Something else is runnable on this worker: a slice that could go on had better end. A hint. */
bool worker_has_others(const struct worker *worker);

/* How many tasks wait in its queue, as far as that is quickly said: twice RUNQUEUE_RING at most. A hint. */
unsigned worker_waiting(const struct worker *worker);

/*
 * Makes the worker call its poller's poll soon, by ending its park if it sleeps. The caller has published before what
 * poll is to find; a wake-up is never lost. Costs a fence while the worker is awake. Any thread.
 */
void worker_kick(struct worker *worker);

#endif
