/* SPDX-License-Identifier: MIT */
/*
 * runqueue: see runqueue.h for the four places.
 *
 * I1  Only the owner enqueues to the rings, appends to the backlogs and writes non-NULL to `next`. So if it reads NULL there, nobody but
 *     itself can change that, and a plain release store does.
 * I2  A chain of tasks that was taken off `inject`, a backlog or a ring belongs to the taker until he has queued it.
 * I3  In a FIFO everything in the ring is older than anything in the backlog: see push_fifo and pop_backlog.
 *
 * A task's content travels from queuer to runner by the state word (task.c), not by the queues; these need only hand
 * over the pointers, which ck's own fences do.
 */
#include "sched/runqueue.h"

#include <stddef.h>

#include "sched/task.h"

_Static_assert(offsetof(struct task, next) == offsetof(struct ck_stack_entry, next), "a task is a stack entry");
_Static_assert(RUNQUEUE_BATCH < RUNQUEUE_RING, "what is cut off a backlog fits into an empty ring");

/* A list of tasks that belongs to the holder. */
struct chain {
    struct task *first, *last;
    unsigned count;
};

static void init_fifo(struct runqueue_fifo *fifo)
{
    ck_ring_init(&fifo->ring, RUNQUEUE_RING);
    pthread_mutex_init(&fifo->lock, NULL);
    fifo->backlog_first = fifo->backlog_last = NULL;
    atomic_init(&fifo->backlog_count, 0);
}

void runqueue_init(struct runqueue *queue)
{
    atomic_init(&queue->next, NULL);
    queue->next_uses = 0;
    queue->soon_uses = 0;
    init_fifo(&queue->soon);
    init_fifo(&queue->fresh);
    ck_stack_init(&queue->inject);
}

void runqueue_destroy(struct runqueue *queue)
{
    pthread_mutex_destroy(&queue->soon.lock);
    pthread_mutex_destroy(&queue->fresh.lock);
}

static unsigned backlog(const struct runqueue_fifo *fifo)
{
    return atomic_load_explicit(&fifo->backlog_count, memory_order_relaxed);
}

static bool has_injected(const struct runqueue *queue)
{
    return ck_pr_load_ptr(&queue->inject.head) != NULL;
}

static void append_backlog(struct runqueue_fifo *fifo, const struct chain *chain)
{
    pthread_mutex_lock(&fifo->lock);
    chain->last->next = NULL;
    if (fifo->backlog_last)
        fifo->backlog_last->next = chain->first;
    else
        fifo->backlog_first = chain->first;
    fifo->backlog_last = chain->last;
    atomic_store_explicit(&fifo->backlog_count, backlog(fifo) + chain->count, memory_order_relaxed);
    pthread_mutex_unlock(&fifo->lock);
}

/* Cuts up to `most` tasks off the backlog; the caller holds the lock. */
static struct chain cut_backlog(struct runqueue_fifo *fifo, unsigned most)
{
    struct chain chain = {fifo->backlog_first, NULL, 0};
    for (struct task *task = chain.first; task && chain.count < most; task = task->next) {
        chain.last = task;
        chain.count++;
    }
    if (!chain.last)
        return chain;
    fifo->backlog_first = chain.last->next;
    if (!fifo->backlog_first)
        fifo->backlog_last = NULL;
    chain.last->next = NULL;
    atomic_store_explicit(&fifo->backlog_count, backlog(fifo) - chain.count, memory_order_relaxed);
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
static void push_chain(struct runqueue_fifo *fifo, struct chain *chain)
{
    if (!backlog(fifo))
        fill(fifo, chain);
    if (chain->first)
        append_backlog(fifo, chain);
}

static void push_fifo(struct runqueue_fifo *fifo, struct task *task)
{
    if (unlikely(backlog(fifo)) || unlikely(!enqueue(fifo, task)))
        append_backlog(fifo, &(struct chain){task, task, 1});
}

bool runqueue_set_next(struct runqueue *queue, struct task *task)
{
    if (atomic_load_explicit(&queue->next, memory_order_relaxed))
        return false;
    /* Release: pairs with the thief's exchange in runqueue_steal (I1). */
    atomic_store_explicit(&queue->next, task, memory_order_release);
    return true;
}

bool runqueue_push_next(struct runqueue *queue, struct task *task)
{
    if (runqueue_set_next(queue, task))
        return false;
    struct task *former = atomic_exchange_explicit(&queue->next, task, memory_order_acq_rel);
    if (!former)
        return false;
    runqueue_push(queue, former);
    return true;
}

void runqueue_push(struct runqueue *queue, struct task *task)
{
    push_fifo(&queue->fresh, task);
}

void runqueue_push_soon(struct runqueue *queue, struct task *task)
{
    push_fifo(&queue->soon, task);
}

static struct task *pop_backlog(struct runqueue_fifo *fifo)
{
    pthread_mutex_lock(&fifo->lock);
    struct chain chain = cut_backlog(fifo, RUNQUEUE_BATCH);
    pthread_mutex_unlock(&fifo->lock);
    struct task *task = chain.first;
    if (!task)
        return NULL;
    /* Older than what is left in the backlog, so straight into the ring, which has just run empty and has room for all of them. */
    chain.first = task->next;
    fill(fifo, &chain);
    return task;
}

static struct task *pop_fifo(struct runqueue_fifo *fifo)
{
    struct task *task;
    if (dequeue(fifo, &task))
        return task;
    return unlikely(backlog(fifo)) ? pop_backlog(fifo) : NULL;
}

static struct task *pop_soon(struct runqueue *queue)
{
    struct task *task = pop_fifo(&queue->soon);
    queue->soon_uses += task != NULL;
    return task;
}

static struct task *pop_fresh(struct runqueue *queue)
{
    queue->soon_uses = 0;
    return pop_fifo(&queue->fresh);
}

static __attribute__((noinline)) struct task *pop_waiting(struct runqueue *queue)
{
    struct task *task;
    queue->next_uses = 0;
    bool is_turn_of_fresh = queue->soon_uses >= RUNQUEUE_SOON_USES;
    if (!is_turn_of_fresh && (task = pop_soon(queue)) != NULL)
        return task;
    task = pop_fresh(queue);
    return task || !is_turn_of_fresh ? task : pop_soon(queue);
}

/* Its turn came too often: it waits behind the others. */
static __attribute__((noinline)) struct task *pop_instead(struct runqueue *queue, struct task *task)
{
    runqueue_push(queue, task);
    return pop_waiting(queue);
}

struct task *runqueue_pop(struct runqueue *queue)
{
    if (!atomic_load_explicit(&queue->next, memory_order_relaxed))
        return pop_waiting(queue);
    struct task *task = atomic_exchange_explicit(&queue->next, NULL, memory_order_acquire);
    if (unlikely(!task))
        return pop_waiting(queue);
    return likely(++queue->next_uses <= RUNQUEUE_NEXT_USES) ? task : pop_instead(queue, task);
}

unsigned runqueue_drain_inject(struct runqueue *queue)
{
    if (likely(!has_injected(queue)))
        return 0;
    struct chain chain = take_injected(queue);
    unsigned count = chain.count;
    push_chain(&queue->soon, &chain);
    return count;
}

void runqueue_inject(struct runqueue *queue, struct task *task)
{
    ck_stack_push_upmc(&queue->inject, (struct ck_stack_entry *)task);
}

static bool has_any(const struct runqueue_fifo *fifo)
{
    return length(fifo) || backlog(fifo);
}

bool runqueue_has_stealable(const struct runqueue *queue)
{
    return has_any(&queue->fresh) || has_any(&queue->soon) || has_injected(queue);
}

bool runqueue_is_long(const struct runqueue *queue)
{
    return runqueue_backlog(queue) || has_injected(queue);
}

unsigned runqueue_length(const struct runqueue *queue)
{
    return length(&queue->soon) + length(&queue->fresh);
}

unsigned runqueue_backlog(const struct runqueue *queue)
{
    return backlog(&queue->soon) + backlog(&queue->fresh);
}

bool runqueue_has_any(const struct runqueue *queue)
{
    return atomic_load_explicit(&queue->next, memory_order_relaxed) || runqueue_has_stealable(queue);
}

bool runqueue_has_several(const struct runqueue *queue)
{
    return runqueue_length(queue) > 1 || runqueue_backlog(queue);
}

/* The first of the chain; the rest is queued. */
static struct task *split(struct chain *chain, struct runqueue_fifo *to, unsigned *count)
{
    struct task *first = chain->first;
    *count = chain->count;
    if (first && first->next) {
        chain->first = first->next;
        chain->count--;
        push_chain(to, chain);
    }
    return first;
}

static struct task *steal_ring(struct runqueue_fifo *from, struct runqueue_fifo *to, unsigned *count)
{
    unsigned wanted = (length(from) + 1) / 2;
    struct task *first = NULL, *task;
    if (wanted > RUNQUEUE_BATCH)
        wanted = RUNQUEUE_BATCH;
    for (*count = 0; *count < wanted && dequeue(from, &task); ++*count) {
        if (first)
            push_fifo(to, task);
        else
            first = task;
    }
    return first;
}

/* Never waits: a worker that was descheduled with its lock held must not hold up the thief. */
static struct task *steal_backlog(struct runqueue_fifo *from, struct runqueue_fifo *to, unsigned *count)
{
    if (!backlog(from) || pthread_mutex_trylock(&from->lock) != 0)
        return NULL;
    unsigned half = (backlog(from) + 1) / 2;
    struct chain chain = cut_backlog(from, half < RUNQUEUE_BATCH ? half : RUNQUEUE_BATCH);
    pthread_mutex_unlock(&from->lock);
    return split(&chain, to, count);
}

static struct task *steal_fifo(struct runqueue_fifo *from, struct runqueue_fifo *to, unsigned *count)
{
    struct task *task = steal_ring(from, to, count);
    return task ? task : steal_backlog(from, to, count);
}

static struct task *steal_injected(struct runqueue *from, struct runqueue *to, unsigned *count)
{
    if (!has_injected(from))
        return NULL;
    struct chain chain = take_injected(from);
    return split(&chain, &to->soon, count);
}

struct task *runqueue_steal(struct runqueue *from, struct runqueue *to, bool with_next, unsigned *count)
{
    struct task *task = steal_fifo(&from->soon, &to->soon, count);
    if (!task)
        task = steal_fifo(&from->fresh, &to->fresh, count);
    if (!task)
        task = steal_injected(from, to, count);
    if (task || !with_next || !atomic_load_explicit(&from->next, memory_order_relaxed))
        return task;
    *count = 1;
    return atomic_exchange_explicit(&from->next, NULL, memory_order_acquire);
}
