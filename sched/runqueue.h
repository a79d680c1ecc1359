/* SPDX-License-Identifier: MIT */
/*
 * runqueue: the runnable tasks of one worker. Five places, each for one kind of traffic:
 *
 *   next     one slot, a task woken by the running slice: it runs next, while its message is still in the cache. After
 *            RUNQUEUE_NEXT_USES of them in a row the task goes to the end of the ring like everybody else.
 *   soon     bounded FIFO for tasks that something outside all slices has made runnable: a timer, an operation, another thread. Somebody
 *            waits for them, while the ring may be full of tasks that have only just been made. While both hold something the owner takes
 *            one of the ring after RUNQUEUE_SOON_USES from here, so neither starves the other. What `soon` has no room for goes to the ring.
 *   ring     bounded FIFO (ck_ring, as `soon`: one producer, the owner; any consumer).
 *   backlog  unbounded FIFO under a lock for what the ring has no room for. While it is not empty the owner adds there,
 *            so the order of the whole stays that of arrival.
 *   inject   ck_stack, any producer; taken as a whole, by the owner or a thief, reversed, and queued in `soon`.
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
    ck_ring_buffer_t slots[RUNQUEUE_RING];
};

struct runqueue {
    _Atomic(struct task *) next; /* only the owner makes it non-NULL; thieves exchange it with NULL */
    unsigned next_uses;          /* owner: consecutive tasks taken from `next` */
    unsigned soon_uses;          /* owner: consecutive tasks taken from `soon` */
    struct runqueue_fifo soon, ring;
    ck_stack_t inject cache_aligned;
    pthread_mutex_t lock cache_aligned; /* guards the backlog; innermost of all locks */
    struct task *backlog_first, *backlog_last;
    _Atomic unsigned backlog_count; /* written under the lock, read by anybody */
};

void runqueue_init(struct runqueue *queue);
void runqueue_destroy(struct runqueue *queue);

/* Owner only. */

/* Puts the task into the run-next slot. True: a task that was there went to the end of the queue, where others can take it. */
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
/* More than the ring holds, or injected by others. And how many are in the ring and `soon`. Hints. */
bool runqueue_is_long(const struct runqueue *queue);
unsigned runqueue_length(const struct runqueue *queue);
/* Something is here at all. A hint. */
bool runqueue_has_any(const struct runqueue *queue);
/* More than one task is where thieves can take it, the injected aside. A hint. */
bool runqueue_has_several(const struct runqueue *queue);
/*
 * Takes half of `from`, of its `soon` if there are any, and returns one task of it; the rest goes to `to`, which the caller owns. NULL: nothing
 * there, or somebody else was faster. `with_next`: the run-next slot too, if nothing else is there. *count: how many were taken.
 */
struct task *runqueue_steal(struct runqueue *from, struct runqueue *to, bool with_next, unsigned *count);

#endif
