/* SPDX-License-Identifier: MIT */
/* links: vm */
/*
 * Heaps are made, filled, passed from thread to thread and dropped where they end up, while slabs are trimmed under them. Each heap
 * carries marks that the next thread checks. In the end all memory must be back.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/rng.h"
#include "vm/heap.h"
#include "vm/slab.h"

enum { THREADS = 3, SLOTS = 128, BLOCKS = 24 };

struct load {
    uint64_t mark;
    size_t sizes[BLOCKS];
    unsigned char *blocks[BLOCKS];
};

struct place {
    pthread_mutex_t lock;
    struct heap *heap; /* passed on here; NULL: empty */
};

struct arena {
    struct slab_depot *depot;
    struct place places[SLOTS];
    uint64_t seed;
    unsigned long rounds;
};

struct thread {
    pthread_t id;
    unsigned number;
    struct arena *arena;
};

static void fail(const char *what)
{
    fprintf(stderr, "s_slab: %s\n", what);
    exit(1);
}

static size_t any_size(struct rng *rng)
{
    uint64_t pick = rng_below(rng, 100);
    return 1 + rng_below(rng, pick < 70 ? 200 : pick < 95 ? 3000 : pick < 99 ? 40000 : 200000);
}

static void check_block(const struct load *load, int i)
{
    for (size_t at = 0; at < load->sizes[i]; at += 61)
        if (load->blocks[i][at] != (unsigned char)(load->mark + (uint64_t)i))
            fail("a block lost its content");
}

static void set_block(struct heap *heap, int i, size_t size)
{
    struct load *load = heap_user(heap);
    load->blocks[i] = heap_alloc(heap, load->blocks[i], load->sizes[i], size);
    load->sizes[i] = size;
    if (size > 0 && !load->blocks[i])
        fail("out of memory");
    if (size > 0)
        memset(load->blocks[i], (int)(load->mark + (uint64_t)i), size);
}

static struct heap *make_heap(struct slab_cache *cache, struct rng *rng)
{
    struct heap *heap = heap_new(cache, sizeof(struct load), 1024 + rng_below(rng, 8192), NULL);
    if (!heap)
        fail("out of memory");
    ((struct load *)heap_user(heap))->mark = rng_next(rng);
    return heap;
}

/* Checks all blocks and changes some. */
static void use_heap(struct heap *heap, struct slab_cache *cache, struct rng *rng)
{
    const struct load *load = heap_user(heap);
    heap_enter(heap, cache);
    for (int i = 0; i < BLOCKS; i++) {
        check_block(load, i);
        if (rng_below(rng, 2))
            set_block(heap, i, rng_below(rng, 4) ? any_size(rng) : 0);
    }
    if (rng_below(rng, 8) == 0)
        heap_reclaim(heap);
}

static struct heap *exchange(struct place *place, struct heap *heap)
{
    pthread_mutex_lock(&place->lock);
    struct heap *other = place->heap;
    place->heap = heap;
    pthread_mutex_unlock(&place->lock);
    return other;
}

static void drop(struct heap *heap, struct slab_cache *cache)
{
    while (!heap_drop(heap, cache, 5))
        ;
}

static void *run(void *arg)
{
    struct thread *thread = arg;
    struct arena *arena = thread->arena;
    struct slab_cache *cache = slab_cache_new(arena->depot);
    struct rng rng;
    rng_seed(&rng, arena->seed + thread->number);
    for (unsigned long round = 0; round < arena->rounds; round++) {
        struct heap *heap = make_heap(cache, &rng);
        use_heap(heap, cache, &rng);
        heap = exchange(&arena->places[rng_below(&rng, SLOTS)], heap);
        if (heap && rng_below(&rng, 3)) {
            use_heap(heap, cache, &rng);
            heap = exchange(&arena->places[rng_below(&rng, SLOTS)], heap);
        }
        if (heap)
            drop(heap, cache);
        if (rng_below(&rng, 50) == 0)
            slab_depot_trim(arena->depot, round * 100000000);
        if (rng_below(&rng, 500) == 0)
            slab_cache_flush(cache);
    }
    slab_cache_free(cache);
    return NULL;
}

static void empty_places(struct arena *arena)
{
    struct slab_cache *cache = slab_cache_new(arena->depot);
    for (int i = 0; i < SLOTS; i++) {
        struct heap *heap = exchange(&arena->places[i], NULL);
        if (heap)
            drop(heap, cache);
    }
    slab_cache_free(cache);
}

static void check_empty(struct slab_depot *depot)
{
    struct slab_stats stats;
    slab_depot_stats(depot, &stats);
    if (stats.used != 0 || stats.large != 0)
        fail("memory is still in use");
    for (uint64_t second = 0; second < 4; second++)
        slab_depot_trim(depot, UINT64_MAX / 2 + second * 1000000000);
    slab_depot_stats(depot, &stats);
    if (stats.mapped != 0)
        fail("slabs are still mapped");
}

int main(int argc, char **argv)
{
    struct arena arena = {.seed = argc > 1 ? strtoull(argv[1], NULL, 10) : rng_entropy()};
    double scale = argc > 2 ? atof(argv[2]) : 1;
    printf("seed %llu\n", (unsigned long long)arena.seed);
    fflush(stdout);
    arena.rounds = (unsigned long)(3000 * scale);
    for (int mode = 0; mode < 2; mode++) {
        arena.depot = slab_depot_new(mode == 1, NULL);
        for (int i = 0; i < SLOTS; i++)
            pthread_mutex_init(&arena.places[i].lock, NULL);
        struct thread threads[THREADS];
        for (unsigned i = 0; i < THREADS; i++) {
            threads[i] = (struct thread){.number = i, .arena = &arena};
            if (pthread_create(&threads[i].id, NULL, run, &threads[i]) != 0)
                fail("no thread");
        }
        for (unsigned i = 0; i < THREADS; i++)
            pthread_join(threads[i].id, NULL);
        empty_places(&arena);
        check_empty(arena.depot);
        slab_depot_free(arena.depot);
    }
    return 0;
}
