/* SPDX-License-Identifier: MIT */
/*
 * spare: a spare is a worker like the others, with its own poller, as many as there are regular ones. Its thread starts
 * when it is first needed. It cannot end when the stuck worker comes back, since operations may be in flight on its poller
 * and timers in its wheel: it rests instead. A resting spare hands every task that these make runnable to the regular
 * workers; it is in no map of sleepers, so nobody counts on it.
 */
#include "sched/spare.h"

#include <stdio.h>

#include "sched/base/log.h"
#include "sched/core.h"
#include "sched/thread.h"

static bool is_resting(const struct worker *w)
{
    return atomic_load_explicit(&w->mode, memory_order_acquire) == WORKER_RESTING;
}

/* The gate's lock keeps sched_stop from counting the spares while one starts. */
static bool start_thread(struct sched *sched, struct worker *w)
{
    pthread_mutex_lock(&sched->gate.lock);
    if (!sched_is_stopping(sched)) {
        char name[16];
        snprintf(name, sizeof name, "spare-%u", w->index);
        int error = thread_start(&w->thread, w->fault, name, worker_main, w);
        w->is_started = error == 0;
        if (error)
            log_printf(sched->config.log, LOG_WARN, "sched", "cannot start a spare worker: error %d", -error);
    }
    pthread_mutex_unlock(&sched->gate.lock);
    return w->is_started;
}

static void bring_in(struct sched *sched)
{
    for (unsigned i = sched->worker_count; i < sched->capacity; i++) {
        struct worker *w = sched->workers[i];
        if (!is_resting(w))
            continue;
        atomic_store(&w->mode, WORKER_ACTIVE);
        /* Counted first: what it runs may be over before this thread gets the CPU back. */
        atomic_fetch_add_explicit(&sched->monitor.spare_starts, 1, memory_order_relaxed);
        if (w->is_started) {
            idle_kick(w);
        } else if (!start_thread(sched, w)) {
            atomic_store(&w->mode, WORKER_RESTING);
            atomic_fetch_sub_explicit(&sched->monitor.spare_starts, 1, memory_order_relaxed);
        }
        return;
    }
}

static void send_to_rest(struct sched *sched)
{
    for (unsigned i = sched->capacity; i-- > sched->worker_count;) {
        struct worker *w = sched->workers[i];
        if (atomic_load_explicit(&w->mode, memory_order_relaxed) != WORKER_ACTIVE)
            continue;
        int active = WORKER_ACTIVE;
        if (atomic_compare_exchange_strong(&w->mode, &active, WORKER_RESTING))
            idle_kick(w);
        return;
    }
}

void spare_balance(struct sched *sched, unsigned healthy)
{
    if (healthy < sched->worker_count)
        bring_in(sched);
    else if (healthy > sched->worker_count)
        send_to_rest(sched);
}

static void hand_over(struct worker *w)
{
    struct task *task;
    runqueue_drain_inject(&w->queue);
    while ((task = runqueue_pop(&w->queue)) != NULL)
        sched_inject(w->sched, task);
}

void spare_rest(struct worker *w)
{
    if (w->is_searching)
        idle_search_end(w);
    while (is_resting(w) && !sched_is_stopping(w->sched)) {
        worker_poll(w);
        hand_over(w);
        worker_park(w);
    }
}

void spare_fail(struct worker *w, int error)
{
    log_printf(w->sched->config.log, LOG_WARN, "sched", "a spare worker cannot open its poller: error %d", -error);
    atomic_store(&w->mode, WORKER_FAILED);
}
