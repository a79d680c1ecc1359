/* SPDX-License-Identifier: MIT */
/*
 * wheel: timer wheel (Varghese and Lauck 1987), 1 ms ticks, one per worker: a ring of the next WHEEL_NEAR ticks, and a hierarchy for what is further
 * away, 64 slots a level. It has a lock, uncontended in practice: any thread arms, cancels and fires in it.
 *
 * A timer never fires early. `fire` runs under the wheel's lock, so after wheel_cancel has returned the callback neither
 * runs nor will run. The owner of a timer frees it only when it is not pending. Once `fire` has begun the wheel does not
 * touch the timer any more: it may be freed by `fire`, or by whoever learns from `fire` that it is due.
 */
#ifndef SCHED_WHEEL_H
#define SCHED_WHEEL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "sched/base/list.h"

enum { WHEEL_NEAR = 1024, WHEEL_LEVELS = 7, WHEEL_SLOTS = 64, WHEEL_TICK_NS = 1000000 };

struct sched;
struct task;
struct timer;
struct wheel;
struct worker;

/* Called once when due, under the lock of the wheel: no wheel function, no blocking. Returns a task to wake, or NULL. */
typedef struct task *(*timer_fire_f)(struct timer *timer);

struct timer {
    struct list node;
    uint64_t due_ns;               /* monotonic */
    _Atomic(struct wheel *) wheel; /* where it is pending, NULL: not pending */
    struct wheel *last;            /* where it was armed last, NULL: never */
    timer_fire_f fire;
    const void *target; /* a line that `fire` will want, fetched while the timer before it fires; NULL: none */
};

void wheel_timer_init(struct timer *timer, timer_fire_f fire); /* `target` may be set afterwards */

/* Arms a timer that is not pending, in the wheel of the calling worker (of worker 0 from other threads). */
void wheel_arm(struct sched *sched, struct timer *timer, uint64_t due_ns);

/* True: it was pending and will not fire. False: it has fired, and `fire` has returned, or was never armed. Any thread. */
bool wheel_cancel(struct timer *timer);

/* A timer in the wheel of this worker, or of one who relies on it (keeper.h), is due and waits for the end of the slice. Reads the clock. */
bool wheel_has_due(const struct worker *worker);

/* The rest is for the scheduler itself. Slots of 64 ticks and 7 levels of them hold every time that fits 64 bits of nanoseconds. */
struct wheel {
    _Atomic uint64_t next_due_ns; /* no timer fires before; UINT64_MAX: empty. Written under the lock, read by all. */
    pthread_mutex_t lock;         /* guards the rest; no other lock is taken under it but what `fire` takes */
    uint64_t current;             /* tick: all earlier ones have been handled */
    uint64_t levels;              /* bit per level that is not empty */
    uint64_t used[WHEEL_LEVELS];  /* bit per slot that is not empty */
    uint64_t near_used[WHEEL_NEAR / 64];
    struct list overdue; /* were due when they were armed, or are by now */
    struct list near[WHEEL_NEAR];
    struct list slots[WHEEL_LEVELS][WHEEL_SLOTS];
};

void wheel_init(struct wheel *wheel, uint64_t now_ns);
void wheel_destroy(struct wheel *wheel);

/* True: the timer is now the earliest of the wheel. `now_ns` is the time or a little less. */
bool wheel_add(struct wheel *wheel, struct timer *timer, uint64_t due_ns, uint64_t now_ns);

enum { WHEEL_FIRE_BATCH = 64 };

/*
 * Fires what is due at now_ns, at most WHEEL_FIRE_BATCH timers, and stores the tasks to wake in `tasks`, *count of them.
 * Returns how many timers fired (WHEEL_FIRE_BATCH: call again). With `try_only` it returns 0 rather than wait for the lock.
 */
unsigned wheel_fire(struct wheel *wheel, uint64_t now_ns, bool try_only, struct task **tasks, unsigned *count);

static inline uint64_t wheel_next_due_ns(const struct wheel *wheel)
{
    return atomic_load_explicit(&wheel->next_due_ns, memory_order_acquire);
}

#endif
