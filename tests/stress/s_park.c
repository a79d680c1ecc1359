/* SPDX-License-Identifier: MIT */
/* links: sched */
/*
 * Wake-ups against workers that go to sleep all the time. Each driver thread starts a small tree of tasks, waits until all
 * of it has run, and pauses for a random while, so that workers are anywhere between their last slice and their sleep when
 * the next wake-up comes. In a round that has lost a wake-up nothing else happens, so it would never end: after HANG_SECONDS
 * without progress the test fails. More workers than CPUs, to have them descheduled in the middle of the protocol.
 * Usage: s_park [seed [scale]]
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sched/base/clock.h"
#include "sched/base/compiler.h"
#include "sched/base/rng.h"
#include "sched/sched.h"
#include "sched/task.h"
#include "sched/wheel.h"
#include "sched/worker.h"

enum { DRIVERS = 3, WORKERS = 5, NODES = 15, ROUNDS = 600, HANG_SECONDS = 30 };

struct driver;

struct node {
    struct task task;
    struct timer timer;
    struct driver *driver;
    unsigned index;
    _Atomic unsigned given, taken; /* wake-ups: published and seen */
    bool has_slept;
};

struct driver {
    pthread_t thread;
    struct sched *sched;
    struct rng rng;
    unsigned rounds;
    struct node nodes[NODES];
    _Atomic unsigned left;
    _Atomic unsigned progress;
    _Atomic bool is_over;
};

static struct task *fire(struct timer *timer)
{
    return &container_of(timer, struct node, timer)->task;
}

static void wake(struct node *node, bool later)
{
    atomic_fetch_add_explicit(&node->given, 1, memory_order_relaxed);
    if (later)
        task_wake_later(node->driver->sched, &node->task);
    else
        task_wake(node->driver->sched, &node->task);
}

/* One in eight sleeps first; then it wakes its two children. */
static enum task_verdict run_node(struct task *task)
{
    struct node *n = container_of(task, struct node, task);
    struct rng *rng = worker_rng(worker_self());
    unsigned given = atomic_load_explicit(&n->given, memory_order_relaxed);
    if (atomic_load_explicit(&n->taken, memory_order_relaxed) == given)
        return TASK_PARKED; /* woken once more than needed: legal */
    if (!n->has_slept && rng_below(rng, 8) == 0) {
        n->has_slept = true;
        wheel_arm(n->driver->sched, &n->timer, worker_now(worker_self()) + rng_below(rng, 2000000));
        return TASK_PARKED;
    }
    if (wheel_cancel(&n->timer))
        n->has_slept = true;
    atomic_store_explicit(&n->taken, given, memory_order_relaxed);
    n->has_slept = false;
    for (unsigned child = 2 * n->index + 1; child <= 2 * n->index + 2 && child < NODES; child++)
        wake(&n->driver->nodes[child], rng_below(rng, 2));
    atomic_fetch_sub(&n->driver->left, 1);
    return TASK_PARKED;
}

static void pause_randomly(struct rng *rng)
{
    uint64_t spins = rng_below(rng, 1 << rng_below(rng, 14));
    for (uint64_t i = 0; i < spins; i++)
        __asm__ volatile("" ::: "memory");
    if (rng_below(rng, 8) == 0) {
        struct timespec nap = {0, (long)rng_below(rng, 200000)};
        nanosleep(&nap, NULL);
    }
}

static void *drive(void *arg)
{
    struct driver *d = arg;
    for (unsigned round = 0; round < d->rounds; round++) {
        atomic_store(&d->left, NODES);
        wake(&d->nodes[0], false);
        while (atomic_load(&d->left) > 0)
            sched_yield();
        atomic_fetch_add(&d->progress, 1);
        pause_randomly(&d->rng);
    }
    atomic_store(&d->is_over, true);
    return NULL;
}

static void await(struct driver *d)
{
    unsigned seen = 0;
    for (int quiet_ms = 0; !atomic_load(&d->is_over); quiet_ms++) {
        struct timespec nap = {0, 1000000};
        nanosleep(&nap, NULL);
        unsigned now = atomic_load(&d->progress);
        if (now != seen)
            quiet_ms = 0;
        seen = now;
        if (quiet_ms == HANG_SECONDS * 1000) {
            printf("no progress in round %u: a wake-up was lost\n", now);
            exit(1);
        }
    }
    pthread_join(d->thread, NULL);
}

int main(int argc, char **argv)
{
    static struct driver drivers[DRIVERS];
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : rng_entropy();
    unsigned scale = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
    printf("seed %llu\n", (unsigned long long)seed);
    fflush(stdout);
    struct sched *sched;
    struct sched_config config = {.workers = WORKERS};
    if (sched_new(&sched, &config) != 0 || sched_start(sched) != 0)
        return 1;
    for (unsigned i = 0; i < DRIVERS; i++) {
        struct driver *d = &drivers[i];
        d->sched = sched;
        d->rounds = ROUNDS * scale;
        rng_seed(&d->rng, seed + i);
        for (unsigned j = 0; j < NODES; j++) {
            d->nodes[j].driver = d;
            d->nodes[j].index = j;
            task_init(&d->nodes[j].task, run_node, TASK_IDLE);
            wheel_timer_init(&d->nodes[j].timer, fire);
        }
        pthread_create(&d->thread, NULL, drive, d);
    }
    for (unsigned i = 0; i < DRIVERS; i++)
        await(&drivers[i]);
    sched_stop(sched);
    struct sched_stats stats;
    sched_stats_total(sched, &stats);
    sched_free(sched);
    printf("ok: %llu slices, %llu parks, %llu wakes, %llu steals\n", (unsigned long long)stats.slices,
           (unsigned long long)stats.parks, (unsigned long long)stats.wakes, (unsigned long long)stats.steals);
    return 0;
}
