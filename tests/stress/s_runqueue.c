/* SPDX-License-Identifier: MIT */
/* links: sched */
/*
 * One owner pushes and pops in bursts, two thieves steal into queues of their own, two threads inject. Every
 * task must come out exactly once, whichever way it goes. Some bursts are of one kind and more than a ring holds, so that thieves and owner
 * meet at both backlogs. Usage: s_runqueue [seed [scale]]
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "sched/base/rng.h"
#include "sched/runqueue.h"
#include "sched/task.h"

enum { THIEVES = 2, INJECTORS = 2, PER_SCALE = 60000, BURST = 3 * RUNQUEUE_RING };

struct item {
    struct task task;
    _Atomic unsigned taken;
};

static struct runqueue shared;
static struct item *pushed, *injected[INJECTORS];
static unsigned total;
static _Atomic unsigned out; /* tasks that have come out */
static _Atomic unsigned twice;

struct actor {
    pthread_t thread;
    struct rng rng;
    unsigned index;
    struct runqueue own;
};

static void take(struct task *task)
{
    struct item *item = (struct item *)task;
    if (atomic_fetch_add(&item->taken, 1) != 0)
        atomic_fetch_add(&twice, 1);
    atomic_fetch_add(&out, 1);
}

static bool is_over(void)
{
    return atomic_load(&out) >= total * (1 + INJECTORS);
}

static void push(uint64_t way, struct task *task)
{
    if (way == 0)
        runqueue_push_next(&shared, task);
    else if (way == 1)
        runqueue_push_soon(&shared, task);
    else
        runqueue_push(&shared, task);
}

static void *be_owner(void *arg)
{
    struct actor *a = arg;
    unsigned next = 0;
    while (!is_over()) {
        /* 0 to 3: all of this burst goes the same way, else each goes its own. */
        uint64_t way = rng_below(&a->rng, 8);
        for (uint64_t n = rng_below(&a->rng, BURST); n > 0 && next < total; n--, next++)
            push(way < 4 ? way : rng_below(&a->rng, 4), &pushed[next].task);
        runqueue_drain_inject(&shared);
        struct task *task;
        for (uint64_t n = rng_below(&a->rng, 500); n > 0 && (task = runqueue_pop(&shared)) != NULL; n--)
            take(task);
    }
    return NULL;
}

static void *be_thief(void *arg)
{
    struct actor *a = arg;
    unsigned count;
    while (!is_over()) {
        struct task *task = runqueue_steal(&shared, &a->own, rng_below(&a->rng, 2) == 0, &count);
        for (; task; task = runqueue_pop(&a->own))
            take(task);
    }
    return NULL;
}

static void *be_injector(void *arg)
{
    struct actor *a = arg;
    for (unsigned i = 0; i < total; i++)
        runqueue_inject(&shared, &injected[a->index][i].task);
    return NULL;
}

static struct item *new_items(void)
{
    struct item *items = calloc(total, sizeof *items);
    if (!items)
        abort();
    return items;
}

static int check(const struct item *items)
{
    for (unsigned i = 0; i < total; i++) {
        if (atomic_load(&items[i].taken) != 1) {
            printf("task %u came out %u times\n", i, atomic_load(&items[i].taken));
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : rng_entropy();
    total = PER_SCALE * (argc > 2 ? (unsigned)atoi(argv[2]) : 1);
    printf("seed %llu\n", (unsigned long long)seed);
    static struct actor actors[1 + THIEVES + INJECTORS];
    void *(*roles[])(void *) = {be_owner, be_thief, be_thief, be_injector, be_injector};
    enum { ACTORS = 1 + THIEVES + INJECTORS };
    int bad = 0;
    runqueue_init(&shared);
    pushed = new_items();
    for (unsigned i = 0; i < INJECTORS; i++)
        injected[i] = new_items();
    for (unsigned i = 0; i < ACTORS; i++) {
        actors[i].index = i >= 1 + THIEVES ? i - 1 - THIEVES : i;
        rng_seed(&actors[i].rng, seed + i);
        runqueue_init(&actors[i].own);
        pthread_create(&actors[i].thread, NULL, roles[i], &actors[i]);
    }
    for (unsigned i = 0; i < ACTORS; i++) {
        pthread_join(actors[i].thread, NULL);
        runqueue_destroy(&actors[i].own);
    }
    bad |= check(pushed) | (atomic_load(&twice) != 0) | runqueue_has_any(&shared);
    free(pushed);
    for (unsigned i = 0; i < INJECTORS; i++) {
        bad |= check(injected[i]);
        free(injected[i]);
    }
    runqueue_destroy(&shared);
    printf(bad ? "FAILED\n" : "ok\n");
    return bad;
}
