/* SPDX-License-Identifier: MIT */
/*
 * runqueue: the runnable tasks of one worker. Four places, each for one kind of traffic:
 *
 *   next     one slot, a task woken by the running slice: it runs next, while its message is still in the cache. After
 *            RUNQUEUE_NEXT_USES of them in a row the task goes to the end of `fresh` like everybody else.
 *   soon     FIFO for tasks that something outside all slices has made runnable: a timer, an operation, another thread. Somebody
 *            waits for them, while `fresh` may be full of tasks that have only just been made. While both hold something the owner takes
 *            one of `fresh` after RUNQUEUE_SOON_USES from here, so neither starves the other.
 *   fresh    FIFO for all the others.
 *   inject   ck_stack, any producer; taken as a whole, by the owner or a thief, reversed, and queued in `soon`.
 *
 * A FIFO is a ring (ck_ring: one producer, the owner; any consumer) and behind it a backlog, an unbounded list under a lock, for what the ring
 * has no room for. While the backlog is not empty the owner adds there, so the order of the whole stays that of arrival.
 */
#ifndef SCHED_RUNQUEUE_H
#define SCHED_RUNQUEUE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <ck_ring.h>
#include <ck_stack.h>

#include "sched/base/compiler.h"

enum { RUNQUEUE_RING = 256, RUNQUEUE_NEXT_USES = 32, RUNQUEUE_SOON_USES = 8, RUNQUEUE_BATCH = 128 };

struct task;

struct runqueue_fifo {
    ck_ring_t ring cache_aligned;
    _Atomic unsigned
        backlog_count; /* written under the lock, read by anybody; in a line that the use of the ring reads anyway */
    ck_ring_buffer_t slots[RUNQUEUE_RING];
    pthread_mutex_t lock cache_aligned; /* guards the backlog; innermost of all locks */
    struct task *backlog_first, *backlog_last;
};

struct runqueue {
    _Atomic(struct task *) next; /* only the owner makes it non-NULL; thieves exchange it with NULL */
    unsigned next_uses;          /* owner: consecutive tasks taken from `next` */
    unsigned soon_uses;          /* owner: consecutive tasks taken from `soon` */
    struct runqueue_fifo soon, fresh;
    ck_stack_t inject cache_aligned;
};

void runqueue_init(struct runqueue *queue);
void runqueue_destroy(struct runqueue *queue);

/* Owner only. */

/* Puts the task into the run-next slot if that is empty. */
bool runqueue_set_next(struct runqueue *queue, struct task *task);
/* Puts the task into the run-next slot. True: a task that was there went to the end of `fresh`, where others can take it. */
bool runqueue_push_next(struct runqueue *queue, struct task *task);
void runqueue_push(struct runqueue *queue, struct task *task);
/* For a task that no slice has made runnable. */
void runqueue_push_soon(struct runqueue *queue, struct task *task);
/* The next task to run, or NULL: then all but the inject queue is empty. */
struct task *runqueue_pop(struct runqueue *queue);
/* Moves what was injected to `soon`; returns how many tasks that were. */
unsigned runqueue_drain_inject(struct runqueue *queue);

/* Any thread. */

void runqueue_inject(struct runqueue *queue, struct task *task);
/* Something is here that thieves may always take. A hint unless the caller's protocol makes it exact (idle.c). */
bool runqueue_has_stealable(const struct runqueue *queue);
/* More than a ring holds, or injected by others. How many are in the two rings; how many in the two backlogs. Hints. */
bool runqueue_is_long(const struct runqueue *queue);
unsigned runqueue_length(const struct runqueue *queue);
unsigned runqueue_backlog(const struct runqueue *queue);
/* Something is here at all. A hint. */
bool runqueue_has_any(const struct runqueue *queue);
/* More than one task is where thieves can take it, the injected aside. A hint. */
bool runqueue_has_several(const struct runqueue *queue);
/*
 * Takes half of the first of these in `from` that holds anything: ring and backlog of `soon`, ring and backlog of `fresh`; or else all that was
 * injected. Returns one task of it; the rest goes to the same place of `to`, which the caller owns. NULL: nothing there, or somebody else was
 * faster. `with_next`: the run-next slot too, if nothing else is there. *count: how many were taken.
 */
struct task *runqueue_steal(struct runqueue *from, struct runqueue *to, bool with_next, unsigned *count);

#endif
