/* SPDX-License-Identifier: MIT */
/*
 * heavy: one FIFO for all workers, of tasks whose slice was long and that want another. With a queue per worker, a worker that has two of
 * them and one that has ten would never even that out, since neither is ever idle; here those who compute take turns on all
 * workers. Short slices never come here. Any thread.
 */
#ifndef SCHED_HEAVY_H
#define SCHED_HEAVY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct task;

struct heavy {
    pthread_mutex_t lock; /* innermost: nothing is called under it */
    struct task *first, *last;
    _Atomic unsigned count; /* written under the lock, read by anybody */
};

void heavy_init(struct heavy *heavy);
void heavy_destroy(struct heavy *heavy);

void heavy_push(struct heavy *heavy, struct task *task);
struct task *heavy_pop(struct heavy *heavy); /* NULL: empty */

static inline bool heavy_is_empty(const struct heavy *heavy)
{
    return atomic_load_explicit(&heavy->count, memory_order_relaxed) == 0;
}

#endif
