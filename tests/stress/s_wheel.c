/* SPDX-License-Identifier: MIT */
/* links: sched */
/*
 * Threads arm and cancel timers in wheels that other threads fire at the same time, as owners, monitor and cancellers do.
 * Each arming must end in exactly one firing or one successful cancel, and no timer may fire before its time. `fire`
 * touches the timer's neighbours without atomics: only the lock of the wheel keeps it apart from the canceller's reset.
 * Usage: s_wheel [seed [scale]]
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "sched/base/compiler.h"
#include "sched/base/rng.h"
#include "sched/wheel.h"

enum { WHEELS = 2, OWNERS = 2, FIRERS = 2, TIMERS = 60, STEPS = 60000 };

struct entry {
    struct timer timer;
    uint64_t due_ns;
    unsigned fired; /* plain: written by `fire`, reset after wheel_cancel has returned */
};

static struct wheel wheels[WHEELS];
static _Atomic uint64_t now_ns = 1000000000;
static _Atomic unsigned owners_left = OWNERS, early, wrong;

struct owner {
    pthread_t thread;
    struct rng rng;
    unsigned steps;
    uint64_t armed, fired, cancelled;
    struct entry entries[TIMERS];
};

static struct task *note(struct timer *timer)
{
    struct entry *e = container_of(timer, struct entry, timer);
    if (atomic_load(&now_ns) < e->due_ns)
        atomic_fetch_add(&early, 1);
    e->fired++;
    return NULL;
}

/* Brings an entry to rest, whatever it was doing, and counts how it ended. */
static void settle(struct owner *o, struct entry *e)
{
    bool is_cancelled = wheel_cancel(&e->timer);
    if (e->due_ns == 0)
        return;
    if (is_cancelled + e->fired != 1)
        atomic_fetch_add(&wrong, 1);
    o->cancelled += is_cancelled;
    o->fired += e->fired;
    e->fired = 0;
    e->due_ns = 0;
}

static void *own(void *arg)
{
    struct owner *o = arg;
    /* On a busy machine those that fire may get no CPU until all steps are done. */
    for (unsigned i = 0; i < o->steps || o->fired == 0; i++) {
        struct entry *e = &o->entries[rng_below(&o->rng, TIMERS)];
        if (i % 256 == 0)
            sched_yield(); /* lets the time pass, if there are fewer CPUs than threads */
        settle(o, e);
        if (rng_below(&o->rng, 10) == 0)
            continue;
        uint64_t now = atomic_load(&now_ns);
        e->due_ns = now + 1 + rng_below(&o->rng, (uint64_t)1 << (18 + rng_below(&o->rng, 10)));
        wheel_add(&wheels[rng_below(&o->rng, WHEELS)], &e->timer, e->due_ns, now);
        o->armed++;
    }
    for (unsigned i = 0; i < TIMERS; i++)
        settle(o, &o->entries[i]);
    atomic_fetch_sub(&owners_left, 1);
    return NULL;
}

struct firer {
    pthread_t thread;
    bool try_only;
};

static void *keep_firing(void *arg)
{
    struct firer *f = arg;
    struct task *tasks[WHEEL_FIRE_BATCH];
    unsigned count;
    while (atomic_load(&owners_left) > 0) {
        atomic_fetch_add(&now_ns, 70000);
        for (unsigned i = 0; i < WHEELS; i++)
            wheel_fire(&wheels[i], atomic_load(&now_ns), f->try_only, tasks, &count);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    static struct owner owners[OWNERS];
    struct firer firers[FIRERS] = {{.try_only = false}, {.try_only = true}};
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : rng_entropy(), armed = 0, fired = 0, cancelled = 0;
    unsigned scale = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
    printf("seed %llu\n", (unsigned long long)seed);
    for (unsigned i = 0; i < WHEELS; i++)
        wheel_init(&wheels[i], atomic_load(&now_ns));
    for (unsigned i = 0; i < OWNERS; i++) {
        rng_seed(&owners[i].rng, seed + i);
        owners[i].steps = STEPS * scale;
        for (unsigned j = 0; j < TIMERS; j++)
            wheel_timer_init(&owners[i].entries[j].timer, note);
        pthread_create(&owners[i].thread, NULL, own, &owners[i]);
    }
    for (unsigned i = 0; i < FIRERS; i++)
        pthread_create(&firers[i].thread, NULL, keep_firing, &firers[i]);
    for (unsigned i = 0; i < OWNERS; i++) {
        pthread_join(owners[i].thread, NULL);
        armed += owners[i].armed;
        fired += owners[i].fired;
        cancelled += owners[i].cancelled;
    }
    for (unsigned i = 0; i < FIRERS; i++)
        pthread_join(firers[i].thread, NULL);
    bool bad = early || wrong || armed != fired + cancelled || cancelled == 0;
    for (unsigned i = 0; i < WHEELS; i++) {
        bad |= wheel_next_due_ns(&wheels[i]) != UINT64_MAX;
        wheel_destroy(&wheels[i]);
    }
    printf("%s: %llu armed, %llu fired, %llu cancelled, %u early, %u wrong\n", bad ? "FAILED" : "ok",
           (unsigned long long)armed, (unsigned long long)fired, (unsigned long long)cancelled, early, wrong);
    return bad;
}
