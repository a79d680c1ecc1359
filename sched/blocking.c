/* SPDX-License-Identifier: MIT */
/*
 * blocking: one lock, one list, oldest first. A thread that ends puts its record on `done`; the next one that starts, and
 * the closing, join what is there, so no thread outlives the scheduler.
 */
#include "sched/blocking.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "sched/core.h"
#include "sched/thread.h"

enum { IDLE_SECONDS = 10 };

struct pool_thread {
    pthread_t thread;
    struct sched *sched;
    struct pool_thread *next; /* in blocking_pool.done */
};

void blocking_pool_init(struct blocking_pool *pool, unsigned most)
{
    pthread_condattr_t attr;
    *pool = (struct blocking_pool){.most = most};
    pthread_mutex_init(&pool->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->wanted, &attr);
    pthread_cond_init(&pool->ended, &attr);
    pthread_condattr_destroy(&attr);
}

void blocking_pool_destroy(struct blocking_pool *pool)
{
    pthread_cond_destroy(&pool->ended);
    pthread_cond_destroy(&pool->wanted);
    pthread_mutex_destroy(&pool->lock);
}

/* The caller holds the lock. */
static struct blocking_job *take_job(struct blocking_pool *pool)
{
    struct blocking_job *job = pool->first;
    if (!job)
        return NULL;
    pool->first = job->next;
    if (!pool->first)
        pool->last = NULL;
    atomic_fetch_sub_explicit(&pool->queued, 1, memory_order_relaxed);
    return job;
}

/* Waits for a job with the lock held; NULL: the thread is to end. */
static struct blocking_job *wait_for_job(struct blocking_pool *pool)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += IDLE_SECONDS;
    int error = 0;
    struct blocking_job *job;
    pool->idle++;
    while (!(job = take_job(pool)) && !pool->is_closed && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&pool->wanted, &pool->lock, &until);
    pool->idle--;
    return job;
}

static void *pool_main(void *arg)
{
    struct pool_thread *self = arg;
    struct blocking_pool *pool = &self->sched->blocking;
    struct blocking_job *job;
    pthread_mutex_lock(&pool->lock);
    while ((job = wait_for_job(pool)) != NULL) {
        pthread_mutex_unlock(&pool->lock);
        job->run(job);
        pthread_mutex_lock(&pool->lock);
    }
    pool->threads--;
    self->next = pool->done;
    pool->done = self;
    pthread_cond_broadcast(&pool->ended);
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Joins the threads that have ended. The caller holds the lock; they need it no more. */
static void join_done(struct blocking_pool *pool)
{
    while (pool->done) {
        struct pool_thread *thread = pool->done;
        pool->done = thread->next;
        pthread_join(thread->thread, NULL);
        free(thread);
    }
}

/* Starts a thread if the jobs that wait need one more. The caller holds the lock. */
static void add_thread(struct sched *sched)
{
    struct blocking_pool *pool = &sched->blocking;
    join_done(pool);
    if (blocking_pool_queued(pool) <= pool->idle || pool->threads == pool->most)
        return;
    struct pool_thread *thread = malloc(sizeof *thread);
    if (!thread)
        return;
    thread->sched = sched;
    if (thread_start(&thread->thread, sched->config.fault, "blocking", pool_main, thread) == 0)
        pool->threads++;
    else
        free(thread);
}

int blocking_submit(struct sched *sched, struct blocking_job *job)
{
    struct blocking_pool *pool = &sched->blocking;
    bool is_starved = false;
    pthread_mutex_lock(&pool->lock);
    if (pool->is_closed) {
        pthread_mutex_unlock(&pool->lock);
        return -ESHUTDOWN;
    }
    job->next = NULL;
    if (pool->last)
        pool->last->next = job;
    else
        pool->first = job;
    pool->last = job;
    atomic_fetch_add_explicit(&pool->queued, 1, memory_order_release);
    if (!sched->config.seeded) {
        add_thread(sched);
        is_starved = pool->threads == 0;
        pthread_cond_signal(&pool->wanted);
    }
    pthread_mutex_unlock(&pool->lock);
    if (sched->config.seeded)
        idle_kick(sched->workers[0]);
    else if (is_starved)
        monitor_kick(&sched->monitor);
    return 0;
}

bool blocking_pool_is_starved(struct blocking_pool *pool)
{
    if (blocking_pool_queued(pool) == 0)
        return false;
    pthread_mutex_lock(&pool->lock);
    bool is_starved = pool->first && pool->threads == 0;
    pthread_mutex_unlock(&pool->lock);
    return is_starved;
}

void blocking_pool_retry(struct sched *sched)
{
    struct blocking_pool *pool = &sched->blocking;
    pthread_mutex_lock(&pool->lock);
    add_thread(sched);
    pthread_mutex_unlock(&pool->lock);
}

struct blocking_job *blocking_pool_take(struct blocking_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    struct blocking_job *job = take_job(pool);
    pthread_mutex_unlock(&pool->lock);
    return job;
}

void blocking_pool_close(struct sched *sched)
{
    struct blocking_pool *pool = &sched->blocking;
    struct blocking_job *job;
    pthread_mutex_lock(&pool->lock);
    pool->is_closed = true;
    pthread_cond_broadcast(&pool->wanted);
    while (pool->threads > 0)
        pthread_cond_wait(&pool->ended, &pool->lock);
    join_done(pool);
    pthread_mutex_unlock(&pool->lock);
    /* Accepted jobs are run: here, when there was no thread for them (seeded mode, or none could be made). */
    while ((job = blocking_pool_take(pool)) != NULL)
        job->run(job);
}
