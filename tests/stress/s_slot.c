/* SPDX-License-Identifier: MIT */
/* links: vm */
/*
 * Slots are acquired, owned, passed from thread to thread and released where they end up, each thread with a cache or with none, while two
 * others inspect all owners under the lock. An owner that is found is whole and where it belongs; who waits for a flag's sake finds
 * all that did not see the flag; no PID comes twice; the table stays small. Last, one slot at a time: who opens it and looks at the flag, and who sets
 * the flag and looks at the slot, never miss each other both.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/fence.h"
#include "sched/base/rng.h"
#include "vm/pid.h"
#include "vm/slot.h"

enum { THREADS = 3, INSPECTORS = 2, PLACES = 64, MAGIC = 0x51075107 };

struct owner {
    uint64_t pid;
    unsigned magic;
};

struct arena {
    struct slot_table *table;
    _Atomic(struct slot *) places[PLACES]; /* passed on here; NULL: empty */
    _Atomic bool stopping;                 /* nobody acquires any more */
    _Atomic bool done;
    _Atomic unsigned working;
    uint64_t seed;
    unsigned long rounds;
};

struct thread {
    pthread_t id;
    unsigned number;
    struct arena *arena;
    struct slot_cache cache, *used; /* NULL: none */
    unsigned long acquired;
};

static void fail(const char *what)
{
    fprintf(stderr, "s_slot: %s\n", what);
    exit(1);
}

static enum task_verdict never_run(struct task *task)
{
    (void)task;
    return TASK_PARKED;
}

static struct slot *acquire(struct thread *thread)
{
    struct slot *slot = slot_acquire(thread->arena->table, thread->used, 1, never_run);
    struct owner *owner = malloc(sizeof *owner);
    if (!slot || !owner)
        fail("no slot");
    *owner = (struct owner){atomic_load(&slot->pid), MAGIC};
    if (atomic_load(&slot->owner))
        fail("a free slot has an owner");
    atomic_store_explicit(&slot->owner, owner, memory_order_release);
    thread->acquired++;
    return slot;
}

static void release(struct thread *thread, struct slot *slot)
{
    struct owner *owner = atomic_load(&slot->owner);
    if (owner->pid != atomic_load(&slot->pid) || owner->magic != MAGIC)
        fail("a slot has changed hands");
    slot_close(slot);
    task_end(&slot->task);
    slot_release(thread->arena->table, thread->used, slot);
    memset(owner, 0xee, sizeof *owner); /* nobody sees it any more */
    free(owner);
}

static void *work(void *arg)
{
    struct thread *thread = arg;
    struct arena *arena = thread->arena;
    struct rng rng;
    rng_seed(&rng, arena->seed + thread->number);
    for (unsigned long i = 0; i < arena->rounds; i++) {
        struct slot *slot = acquire(thread);
        if (atomic_load(&arena->stopping)) { /* as process_new does: who stops may have looked before this was there */
            release(thread, slot);
            break;
        }
        slot = atomic_exchange(&arena->places[rng_below(&rng, PLACES)], slot);
        if (slot)
            release(thread, slot);
    }
    atomic_fetch_sub(&arena->working, 1);
    return NULL;
}

static void *inspect(void *arg)
{
    struct arena *arena = ((struct thread *)arg)->arena;
    while (!atomic_load(&arena->done))
        for (uint32_t i = 0, size = slot_table_size(arena->table); i < size; i++) {
            struct slot *slot = slot_at(arena->table, i);
            if (!atomic_load_explicit(&slot->owner, memory_order_relaxed))
                continue;
            slot_table_lock(arena->table);
            const struct owner *owner = atomic_load_explicit(&slot->owner, memory_order_acquire);
            if (owner && (owner->magic != MAGIC || pid_slot(owner->pid) != i || slot->task.run != never_run))
                fail("an owner is not whole");
            slot_table_unlock(arena->table);
        }
    return NULL;
}

/* What is in the places at last was acquired by those that did not see the flag: the walk has seen each of these. */
static void check_walk(struct arena *arena)
{
    atomic_store(&arena->stopping, true);
    fence_full();
    uint32_t size = slot_table_size(arena->table);
    uint64_t *seen = calloc(size + 1, sizeof *seen);
    for (uint32_t i = 0; i < size; i++)
        seen[i] = slot_user(slot_at(arena->table, i));
    while (atomic_load(&arena->working))
        sched_yield();
    for (unsigned i = 0; i < PLACES; i++) {
        struct slot *slot = atomic_load(&arena->places[i]);
        uint64_t pid = slot ? atomic_load(&slot->pid) : 0;
        if (slot && (pid_slot(pid) >= size || seen[pid_slot(pid)] != pid))
            fail("a walk has missed a slot");
    }
    free(seen);
}

static void start(struct thread *thread, unsigned number, struct arena *arena, void *(*run)(void *))
{
    *thread = (struct thread){.number = number, .arena = arena};
    thread->used = number == 0 ? NULL : &thread->cache;
    if (pthread_create(&thread->id, NULL, run, thread) != 0)
        fail("no thread");
}

static void round_of(struct arena *arena, bool is_stopped)
{
    struct thread threads[THREADS + INSPECTORS];
    arena->table = slot_table_new(NULL);
    atomic_store(&arena->stopping, false);
    atomic_store(&arena->done, false);
    atomic_store(&arena->working, THREADS);
    for (unsigned i = 0; i < THREADS + INSPECTORS; i++)
        start(&threads[i], i, arena, i < THREADS ? work : inspect);
    if (is_stopped)
        check_walk(arena);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i].id, NULL);
    for (unsigned i = 0; i < PLACES; i++) {
        struct slot *slot = atomic_exchange(&arena->places[i], NULL);
        if (slot)
            release(&threads[0], slot);
    }
    atomic_store(&arena->done, true);
    for (unsigned i = 0; i < INSPECTORS; i++)
        pthread_join(threads[THREADS + i].id, NULL);
    if (slot_table_size(arena->table) > PLACES + THREADS + SLOT_MIN_FREE + (THREADS + 1) * 2 * SLOT_BATCH)
        fail("the table has grown too large");
    slot_table_free(arena->table);
}

/* ---- one slot, one flag ---- */

struct duel {
    struct slot_table *table;
    struct slot_cache cache;
    unsigned long rounds;
    _Atomic unsigned long arrived[2];
    _Atomic(struct slot *) next; /* to be acquired; NULL: nobody knows yet */
    _Atomic bool flag cache_aligned;
    bool opener_saw_flag;
};

/* The two wait for each other. */
static void meet(struct duel *duel, unsigned side)
{
    unsigned long mine = atomic_fetch_add(&duel->arrived[side], 1) + 1;
    for (unsigned spins = 1; atomic_load(&duel->arrived[!side]) < mine; spins++)
        if (spins % 1000 == 0)
            sched_yield();
}

static void *open_and_look(void *arg)
{
    struct duel *duel = arg;
    for (unsigned long i = 0; i < duel->rounds; i++) {
        atomic_store(&duel->next, duel->cache.free);
        meet(duel, 0);
        (void)atomic_load(&duel->flag); /* it is in the cache of either */
        meet(duel, 0);
        struct slot *slot = slot_acquire(duel->table, &duel->cache, 1, never_run);
        duel->opener_saw_flag = atomic_load(&duel->flag);
        meet(duel, 0);
        slot_close(slot);
        task_end(&slot->task);
        slot_release(duel->table, &duel->cache, slot);
    }
    return NULL;
}

static void check_duel(unsigned long rounds)
{
    static struct duel duel;
    pthread_t opener;
    duel.table = slot_table_new(NULL);
    duel.rounds = rounds;
    if (pthread_create(&opener, NULL, open_and_look, &duel) != 0)
        fail("no thread");
    for (unsigned long i = 0; i < rounds; i++) {
        atomic_store(&duel.flag, false);
        meet(&duel, 1);
        const struct slot *next = atomic_load(&duel.next);
        if (next && slot_user(next) != 0) /* so is the slot */
            fail("a free slot has a user");
        meet(&duel, 1);
        atomic_store(&duel.flag, true);
        fence_full();
        bool is_seen = !next || slot_user(next) != 0;
        meet(&duel, 1);
        if (!is_seen && !duel.opener_saw_flag)
            fail("flag and slot have missed each other");
    }
    pthread_join(opener, NULL);
    slot_table_free(duel.table);
}

int main(int argc, char **argv)
{
    static struct arena arena;
    arena.seed = argc > 1 ? strtoull(argv[1], NULL, 10) : rng_entropy();
    double scale = argc > 2 ? atof(argv[2]) : 1.0 / MOONLET_SLOWNESS;
    printf("seed %llu\n", (unsigned long long)arena.seed);
    fflush(stdout);
    arena.rounds = (unsigned long)(200000 * scale);
    round_of(&arena, false);
    for (unsigned i = 0; i < 10; i++)
        round_of(&arena, true);
    check_duel((unsigned long)(200000 * scale));
    return 0;
}
