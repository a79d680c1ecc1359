/* SPDX-License-Identifier: MIT */
/*
 * runqueue: the runnable tasks of one worker. Four places, each for one kind of traffic:
 *
 *   next     one slot, a task woken by the running slice: it runs next, while its message is still in the cache. After
 *            RUNQUEUE_NEXT_USES of them in a row the task goes to the end of the ring like everybody else.
 *   ring     bounded FIFO (ck_ring, one producer: the owner; any consumer).
 *   backlog  unbounded FIFO under a lock for what the ring has no room for. While it is not empty the owner adds there,
 *            so the order of the whole stays that of arrival.
 *   inject   ck_stack, any producer; taken as a whole, by the owner or a thief, and reversed.
 */
#ifndef SCHED_RUNQUEUE_H
#define SCHED_RUNQUEUE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <ck_ring.h>
#include <ck_stack.h>

#include "sched/base/compiler.h"

enum { RUNQUEUE_RING = 256, RUNQUEUE_NEXT_USES = 32, RUNQUEUE_BATCH = 128 };

struct task;

struct runqueue {
    _Atomic(struct task *) next; /* only the owner makes it non-NULL; thieves exchange it with NULL */
    unsigned next_uses;          /* owner: consecutive tasks taken from `next` */
    ck_ring_t ring cache_aligned;
    ck_ring_buffer_t slots[RUNQUEUE_RING];
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
/* The next task to run, or NULL: then all but the inject queue is empty. */
struct task *runqueue_pop(struct runqueue *queue);
/* Moves what was injected to the end of the queue; returns how many tasks that were. */
unsigned runqueue_drain_inject(struct runqueue *queue);

/* Any thread. */

void runqueue_inject(struct runqueue *queue, struct task *task);
/* Something is here that thieves may always take. A hint unless the caller's protocol makes it exact (idle.c). */
bool runqueue_has_stealable(const struct runqueue *queue);
/* More than the ring holds, or injected by others. And how many are in the ring. Hints. */
bool runqueue_is_long(const struct runqueue *queue);
unsigned runqueue_length(const struct runqueue *queue);
/* Something is here at all. A hint. */
bool runqueue_has_any(const struct runqueue *queue);
/* More than one task is where thieves can take it, the injected aside. A hint. */
bool runqueue_has_several(const struct runqueue *queue);
/*
 * Takes half of `from` and returns one task of it; the rest goes to `to`, which the caller owns. NULL: nothing there, or
 * somebody else was faster. `with_next`: the run-next slot too, if nothing else is there. *count: how many were taken.
 */
struct task *runqueue_steal(struct runqueue *from, struct runqueue *to, bool with_next, unsigned *count);

#endif
