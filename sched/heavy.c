/* SPDX-License-Identifier: MIT */
/* heavy: see heavy.h. A list under a lock: it is used once in a millisecond or less. */
#include "sched/heavy.h"

#include <stddef.h>

#include "sched/task.h"

void heavy_init(struct heavy *heavy)
{
    pthread_mutex_init(&heavy->lock, NULL);
    heavy->first = heavy->last = NULL;
    atomic_init(&heavy->count, 0);
}

void heavy_destroy(struct heavy *heavy)
{
    pthread_mutex_destroy(&heavy->lock);
}

static void count(struct heavy *heavy, int change)
{
    unsigned now = atomic_load_explicit(&heavy->count, memory_order_relaxed);
    atomic_store_explicit(&heavy->count, now + (unsigned)change, memory_order_relaxed);
}

void heavy_push(struct heavy *heavy, struct task *task)
{
    task->next = NULL;
    pthread_mutex_lock(&heavy->lock);
    if (heavy->last)
        heavy->last->next = task;
    else
        heavy->first = task;
    heavy->last = task;
    count(heavy, 1);
    pthread_mutex_unlock(&heavy->lock);
}

struct task *heavy_pop(struct heavy *heavy)
{
    if (heavy_is_empty(heavy))
        return NULL;
    pthread_mutex_lock(&heavy->lock);
    struct task *task = heavy->first;
    if (task) {
        heavy->first = task->next;
        if (!heavy->first)
            heavy->last = NULL;
        count(heavy, -1);
    }
    pthread_mutex_unlock(&heavy->lock);
    return task;
}
