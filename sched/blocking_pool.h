/* SPDX-License-Identifier: MIT */
/*
 * blocking_pool: the pool behind blocking.h, for the scheduler itself. Threads start when a job finds none idle, up to the
 * bound, and end after ten idle seconds.
 */
#ifndef SCHED_BLOCKING_POOL_H
#define SCHED_BLOCKING_POOL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct blocking_job;
struct pool_thread;
struct sched;

struct blocking_pool {
    pthread_mutex_t lock; /* guards all but `queued` reads */
    pthread_cond_t wanted, ended;
    struct blocking_job *first, *last;
    _Atomic unsigned queued;
    unsigned threads, idle, most;
    struct pool_thread *done; /* have ended, are to be joined */
    bool is_closed;
};

void blocking_pool_init(struct blocking_pool *pool, unsigned most);
void blocking_pool_destroy(struct blocking_pool *pool);

/* Takes no more jobs, has the accepted ones run, ends and joins all threads. */
void blocking_pool_close(struct sched *sched);

/* Jobs wait and no thread could be made for them: the monitor tries again. */
bool blocking_pool_is_starved(struct blocking_pool *pool);
void blocking_pool_retry(struct sched *sched);

/* Seeded mode: takes the oldest job, or NULL. */
struct blocking_job *blocking_pool_take(struct blocking_pool *pool);

static inline unsigned blocking_pool_queued(const struct blocking_pool *pool)
{
    return atomic_load_explicit(&pool->queued, memory_order_acquire);
}

#endif
