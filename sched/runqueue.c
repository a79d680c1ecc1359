/* SPDX-License-Identifier: MIT */
/*
 * runqueue: see runqueue.h for the five places.
 *
 * I1  Only the owner enqueues to the two rings and writes non-NULL to `next`. So if it reads NULL there, nobody but itself can
 *     change that, and a plain release store does.
 * I2  A chain of tasks that was taken off `inject`, the backlog or a ring belongs to the taker until he has queued it.
 *
 * A task's content travels from queuer to runner by the state word (task.c), not by the queues; these need only hand
 * over the pointers, which ck's own fences do.
 */
#include "sched/runqueue.h"

#include <stddef.h>

#include "sched/task.h"

_Static_assert(offsetof(struct task, next) == offsetof(struct ck_stack_entry, next), "a task is a stack entry");

/* A list of tasks that belongs to the holder. */
struct chain {
    struct task *first, *last;
    unsigned count;
};

void runqueue_init(struct runqueue *queue)
{
    atomic_init(&queue->next, NULL);
    queue->next_uses = 0;
    queue->soon_uses = 0;
    ck_ring_init(&queue->soon.ring, RUNQUEUE_RING);
    ck_ring_init(&queue->ring.ring, RUNQUEUE_RING);
    ck_stack_init(&queue->inject);
    pthread_mutex_init(&queue->lock, NULL);
    queue->backlog_first = queue->backlog_last = NULL;
    atomic_init(&queue->backlog_count, 0);
}

void runqueue_destroy(struct runqueue *queue)
{
    pthread_mutex_destroy(&queue->lock);
}

static bool has_backlog(const struct runqueue *queue)
{
    return atomic_load_explicit(&queue->backlog_count, memory_order_relaxed) != 0;
}

static bool has_injected(const struct runqueue *queue)
{
    return ck_pr_load_ptr(&queue->inject.head) != NULL;
}

static void append_backlog(struct runqueue *queue, const struct chain *chain)
{
    pthread_mutex_lock(&queue->lock);
    chain->last->next = NULL;
    if (queue->backlog_last)
        queue->backlog_last->next = chain->first;
    else
        queue->backlog_first = chain->first;
    queue->backlog_last = chain->last;
    unsigned count = atomic_load_explicit(&queue->backlog_count, memory_order_relaxed) + chain->count;
    atomic_store_explicit(&queue->backlog_count, count, memory_order_relaxed);
    pthread_mutex_unlock(&queue->lock);
}

/* Cuts up to `most` tasks off the backlog; the caller holds the lock. */
static struct chain cut_backlog(struct runqueue *queue, unsigned most)
{
    struct chain chain = {queue->backlog_first, NULL, 0};
    for (struct task *task = chain.first; task && chain.count < most; task = task->next) {
        chain.last = task;
        chain.count++;
    }
    if (!chain.last)
        return chain;
    queue->backlog_first = chain.last->next;
    if (!queue->backlog_first)
        queue->backlog_last = NULL;
    chain.last->next = NULL;
    unsigned left = atomic_load_explicit(&queue->backlog_count, memory_order_relaxed) - chain.count;
    atomic_store_explicit(&queue->backlog_count, left, memory_order_relaxed);
    return chain;
}

/* All of the inject queue in order of arrival. */
static struct chain take_injected(struct runqueue *queue)
{
    struct chain chain = {NULL, NULL, 0};
    struct task *task = (struct task *)ck_stack_batch_pop_upmc(&queue->inject);
    chain.last = task;
    while (task) {
        struct task *rest = task->next;
        task->next = chain.first;
        chain.first = task;
        chain.count++;
        task = rest;
    }
    return chain;
}

static bool enqueue(struct runqueue_fifo *fifo, struct task *task)
{
    return ck_ring_enqueue_spmc(&fifo->ring, fifo->slots, task);
}

/* False: `*task` is anything, since ck has written there what another one then took. */
static bool dequeue(struct runqueue_fifo *fifo, struct task **task)
{
    return ck_ring_dequeue_spmc(&fifo->ring, fifo->slots, task);
}

static unsigned length(const struct runqueue_fifo *fifo)
{
    return ck_ring_size(&fifo->ring);
}

/* Moves the head of the chain there, as far as there is room. */
static void fill(struct runqueue_fifo *fifo, struct chain *chain)
{
    while (chain->first) {
        /* Read first: once it is in the ring a thief may run it and queue it elsewhere. */
        struct task *rest = chain->first->next;
        if (!enqueue(fifo, chain->first))
            return;
        chain->first = rest;
        chain->count--;
    }
}

/* Queues a whole chain: the ring first, the rest in one piece to the backlog. */
static void push_chain(struct runqueue *queue, struct chain *chain)
{
    if (!has_backlog(queue))
        fill(&queue->ring, chain);
    if (chain->first)
        append_backlog(queue, chain);
}

static void push_chain_soon(struct runqueue *queue, struct chain *chain)
{
    fill(&queue->soon, chain);
    if (unlikely(chain->first != NULL))
        push_chain(queue, chain);
}

bool runqueue_push_next(struct runqueue *queue, struct task *task)
{
    if (!atomic_load_explicit(&queue->next, memory_order_relaxed)) {
        /* Release: pairs with the thief's exchange in runqueue_steal (I1). */
        atomic_store_explicit(&queue->next, task, memory_order_release);
        return false;
    }
    struct task *former = atomic_exchange_explicit(&queue->next, task, memory_order_acq_rel);
    if (!former)
        return false;
    runqueue_push(queue, former);
    return true;
}

void runqueue_push(struct runqueue *queue, struct task *task)
{
    if (unlikely(has_backlog(queue)) || unlikely(!enqueue(&queue->ring, task)))
        append_backlog(queue, &(struct chain){task, task, 1});
}

void runqueue_push_soon(struct runqueue *queue, struct task *task)
{
    if (unlikely(!enqueue(&queue->soon, task)))
        runqueue_push(queue, task);
}

static struct task *pop_next(struct runqueue *queue)
{
    if (!atomic_load_explicit(&queue->next, memory_order_relaxed))
        return NULL;
    struct task *task = atomic_exchange_explicit(&queue->next, NULL, memory_order_acquire);
    if (task && ++queue->next_uses > RUNQUEUE_NEXT_USES) {
        runqueue_push(queue, task);
        return NULL;
    }
    return task;
}

static struct task *pop_backlog(struct runqueue *queue)
{
    pthread_mutex_lock(&queue->lock);
    struct chain chain = cut_backlog(queue, RUNQUEUE_BATCH);
    pthread_mutex_unlock(&queue->lock);
    struct task *task = chain.first;
    if (!task)
        return NULL;
    /* Older than what is left in the backlog, so straight into the ring, which has just run empty. */
    for (struct task *t = task->next, *rest; t; t = rest) {
        rest = t->next;
        if (unlikely(!enqueue(&queue->ring, t)))
            append_backlog(queue, &(struct chain){t, t, 1});
    }
    return task;
}

static struct task *pop_soon(struct runqueue *queue)
{
    struct task *task;
    if (likely(!dequeue(&queue->soon, &task)))
        return NULL;
    queue->soon_uses++;
    return task;
}

/* The ring, then the backlog. */
static struct task *pop_ring(struct runqueue *queue)
{
    struct task *task;
    queue->soon_uses = 0;
    if (likely(dequeue(&queue->ring, &task)))
        return task;
    return has_backlog(queue) ? pop_backlog(queue) : NULL;
}

struct task *runqueue_pop(struct runqueue *queue)
{
    struct task *task = pop_next(queue);
    if (task)
        return task;
    queue->next_uses = 0;
    bool rings_turn = queue->soon_uses >= RUNQUEUE_SOON_USES;
    if (!rings_turn && (task = pop_soon(queue)) != NULL)
        return task;
    task = pop_ring(queue);
    return task || !rings_turn ? task : pop_soon(queue);
}

unsigned runqueue_drain_inject(struct runqueue *queue)
{
    if (likely(!has_injected(queue)))
        return 0;
    struct chain chain = take_injected(queue);
    unsigned count = chain.count;
    push_chain_soon(queue, &chain);
    return count;
}

void runqueue_inject(struct runqueue *queue, struct task *task)
{
    ck_stack_push_upmc(&queue->inject, (struct ck_stack_entry *)task);
}

bool runqueue_has_stealable(const struct runqueue *queue)
{
    return length(&queue->ring) || length(&queue->soon) || has_backlog(queue) || has_injected(queue);
}

bool runqueue_is_long(const struct runqueue *queue)
{
    return has_backlog(queue) || has_injected(queue);
}

unsigned runqueue_length(const struct runqueue *queue)
{
    return length(&queue->soon) + length(&queue->ring);
}

bool runqueue_has_any(const struct runqueue *queue)
{
    return atomic_load_explicit(&queue->next, memory_order_relaxed) || runqueue_has_stealable(queue);
}

bool runqueue_has_several(const struct runqueue *queue)
{
    return runqueue_length(queue) > 1 || has_backlog(queue);
}

typedef void (*push_f)(struct runqueue *, struct task *);

static struct task *steal_half(struct runqueue_fifo *from, struct runqueue *to, push_f push, unsigned *count)
{
    unsigned wanted = (length(from) + 1) / 2;
    struct task *first = NULL, *task;
    if (wanted > RUNQUEUE_BATCH)
        wanted = RUNQUEUE_BATCH;
    for (*count = 0; *count < wanted && dequeue(from, &task); ++*count) {
        if (first)
            push(to, task);
        else
            first = task;
    }
    return first;
}

/* Never waits: a worker that was descheduled with its lock held must not hold up the thief. */
static struct task *steal_backlog(struct runqueue *from, struct runqueue *to, unsigned *count)
{
    if (!has_backlog(from) || pthread_mutex_trylock(&from->lock) != 0)
        return NULL;
    unsigned half = (atomic_load_explicit(&from->backlog_count, memory_order_relaxed) + 1) / 2;
    struct chain chain = cut_backlog(from, half < RUNQUEUE_BATCH ? half : RUNQUEUE_BATCH);
    pthread_mutex_unlock(&from->lock);
    struct task *first = chain.first;
    *count = chain.count;
    if (first && first->next) {
        chain.first = first->next;
        chain.count--;
        push_chain(to, &chain);
    }
    return first;
}

static struct task *steal_injected(struct runqueue *from, struct runqueue *to, unsigned *count)
{
    if (!has_injected(from))
        return NULL;
    struct chain chain = take_injected(from);
    struct task *first = chain.first;
    *count = chain.count;
    if (first && first->next) {
        chain.first = first->next;
        chain.count--;
        push_chain_soon(to, &chain);
    }
    return first;
}

struct task *runqueue_steal(struct runqueue *from, struct runqueue *to, bool with_next, unsigned *count)
{
    struct task *task = steal_half(&from->soon, to, runqueue_push_soon, count);
    if (!task)
        task = steal_half(&from->ring, to, runqueue_push, count);
    if (!task)
        task = steal_backlog(from, to, count);
    if (!task)
        task = steal_injected(from, to, count);
    if (task || !with_next || !atomic_load_explicit(&from->next, memory_order_relaxed))
        return task;
    *count = 1;
    return atomic_exchange_explicit(&from->next, NULL, memory_order_acquire);
}
