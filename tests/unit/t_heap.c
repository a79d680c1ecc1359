/* SPDX-License-Identifier: MIT */
/* links: vm; skip: tsan (there is one thread only) */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/fault.h"
#include "sched/base/rng.h"
#include "vm/heap.h"
#include "vm/slab.h"
#include "vm/slab_asan.h"

enum { KB = 1024, MB = 1024 * KB };

static struct slab_depot *depot;
static struct slab_cache *cache;

static void begin(void)
{
    depot = slab_depot_new(false, NULL);
    cache = slab_cache_new(depot);
}

/* Nothing may be left: every test ends here with all its heaps dropped. */
static void end(void)
{
    struct slab_stats stats;
    slab_cache_free(cache);
    slab_depot_stats(depot, &stats);
    cr_assert_eq(stats.used, 0);
    cr_assert_eq(stats.large, 0);
    slab_depot_free(depot);
}

static void drop(struct heap *heap)
{
    while (!heap_drop(heap, cache, 3))
        ;
}

Test(heap, a_new_heap_has_a_zeroed_user_area, .init = begin, .fini = end)
{
    static const char zero[300];
    char *dirty = slab_alloc(cache, 2 * KB);
    memset(dirty, 0xEE, 2 * KB);
    slab_free(cache, dirty, 2 * KB);
    struct heap *heap = heap_new(cache, 300, 1500, NULL);
    cr_assert_eq(memcmp(heap_user(heap), zero, 300), 0);
    cr_assert_eq(heap_of_user(heap_user(heap)), heap);
    cr_assert_eq(heap_used(heap), 0);
    cr_assert_eq(heap_reserved(heap), 2 * KB);
    cr_assert_eq(heap_limit(heap), SIZE_MAX);
    drop(heap);
}

Test(heap, the_first_chunk_may_be_large, .init = begin, .fini = end)
{
    struct heap *heap = heap_new(cache, 64, 300 * KB, NULL);
    cr_assert_eq(heap_reserved(heap), 300 * KB);
    for (int i = 0; i < 70; i++)
        memset(heap_alloc(heap, NULL, 0, 4 * KB), i, 4 * KB);
    cr_assert_eq(heap_reserved(heap), 300 * KB);
    drop(heap);
}

struct block {
    unsigned char *at;
    size_t size;
    unsigned char mark;
};

static void check_block(const struct block *block)
{
    for (size_t i = 0; i < block->size; i++)
        cr_assert_eq(block->at[i], block->mark);
}

static size_t any_size(struct rng *rng)
{
    static const size_t most[] = {40, 130, 300, 1100, 5000, 40000, 300000};
    size_t pick = rng_below(rng, 100);
    return 1 + rng_below(rng, most[pick < 40   ? 0
                                   : pick < 65 ? 1
                                   : pick < 80 ? 2
                                   : pick < 92 ? 3
                                   : pick < 97 ? 4
                                   : pick < 99 ? 5
                                               : 6]);
}

/* Allocates, resizes and frees at random: no two blocks overlap, contents survive, the count is exact. */
Test(heap, random_blocks_keep_their_content, .init = begin, .fini = end)
{
    enum { BLOCKS = 400, STEPS = 60000 };
    static struct block blocks[BLOCKS];
    struct rng rng;
    size_t used = 0;
    rng_seed(&rng, 42);
    struct heap *heap = heap_new(cache, 0, 4 * KB, NULL);
    for (int step = 0; step < STEPS; step++) {
        struct block *block = &blocks[rng_below(&rng, BLOCKS)];
        size_t size = rng_below(&rng, 3) == 0 ? 0 : any_size(&rng);
        check_block(block);
        unsigned char *at = heap_alloc(heap, block->at, block->at ? block->size : 5, size);
        cr_assert_eq(at == NULL, size == 0);
        cr_assert_eq((uintptr_t)at % 8, 0);
        for (size_t i = 0; i < size && i < block->size; i++)
            cr_assert_eq(at[i], block->mark);
        used += size - block->size;
        *block = (struct block){at, size, (unsigned char)step};
        if (size > 0)
            memset(at, block->mark, size);
        cr_assert_eq(heap_used(heap), used);
        cr_assert_geq(heap_reserved(heap), used);
    }
    for (int i = 0; i < BLOCKS; i += 2)
        heap_alloc(heap, blocks[i].at, blocks[i].size, 0);
    drop(heap);
}

Test(heap, realloc_within_a_class_stays_in_place, .init = begin, .fini = end)
{
    struct heap *heap = heap_new(cache, 0, 4 * KB, NULL);
    char *block = heap_alloc(heap, NULL, 0, 260);
    cr_assert_eq(heap_alloc(heap, block, 260, 320), block);
    cr_assert_eq(heap_alloc(heap, block, 320, 257), block);
    cr_assert_eq(heap_alloc(heap, block, 257, 100), block, "shrinking moved");
    cr_assert_neq(heap_alloc(heap, block, 100, 400), block);
    drop(heap);
}

Test(heap, freed_memory_serves_other_sizes, .init = begin, .fini = end)
{
    enum { COUNT = 2000 };
    static void *blocks[COUNT];
    struct heap *heap = heap_new(cache, 0, 4 * KB, NULL);
    for (size_t round = 0; round < 6; round++) {
        static const size_t sizes[] = {500, 64, 1000, 32, 250, 2000};
        size_t count = COUNT * 32 / sizes[round];
        for (size_t i = 0; i < count; i++)
            blocks[i] = heap_alloc(heap, NULL, 0, sizes[round]);
        for (size_t i = 0; i < count; i++)
            heap_alloc(heap, blocks[i], sizes[round], 0);
    }
    /* 64 KB are live at a time. */
    cr_assert_lt(heap_reserved(heap), 400 * KB);
    drop(heap);
}

/* Once there is no fresh memory, larger free blocks are cut up before a chunk is taken. */
Test(heap, a_larger_free_block_is_cut, .init = begin, .fini = end)
{
    struct heap *heap = heap_new(cache, 0, 8 * KB, NULL);
    void *block = heap_alloc(heap, NULL, 0, 3000);
    heap_alloc(heap, block, 3000, 0);
    for (int i = 0; i < 115; i++)
        memset(heap_alloc(heap, NULL, 0, 64), i, 64);
    cr_assert_eq(heap_reserved(heap), 8 * KB);
    drop(heap);
}

/* A heap that grew and was emptied gives its chunks back, and live blocks stay as they are. */
Test(heap, reclaim_gives_back_empty_chunks_only, .init = begin, .fini = end)
{
    enum { COUNT = 20000 };
    static unsigned char *blocks[COUNT];
    struct heap *heap = heap_new(cache, 0, 4 * KB, NULL);
    for (size_t i = 0; i < COUNT; i++) {
        blocks[i] = heap_alloc(heap, NULL, 0, 8 + i % 200);
        memset(blocks[i], (int)i, 8 + i % 200);
    }
    size_t peak = heap_reserved(heap);
    for (size_t i = 0; i < COUNT; i++)
        if (i % 4000 != 0)
            heap_alloc(heap, blocks[i], 8 + i % 200, 0);
    size_t released = heap_reclaim(heap);
    cr_assert_eq(heap_reserved(heap), peak - released);
    cr_assert_lt(heap_reserved(heap), peak / 4);
    cr_assert_eq(heap_reclaim(heap), 0);
    for (size_t i = 0; i < COUNT; i += 4000)
        for (size_t at = 0; at < 8 + i % 200; at++)
            cr_assert_eq(blocks[i][at], (unsigned char)i);
    for (size_t i = 0; i < COUNT; i++)
        if (i % 4000 != 0)
            memset(blocks[i] = heap_alloc(heap, NULL, 0, 8 + i % 200), (int)i, 8 + i % 200);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t at = 0; at < 8 + i % 200; at++)
            cr_assert_eq(blocks[i][at], (unsigned char)i);
    drop(heap);
}

/* Small blocks freed, then only bigger ones wanted: the chunks of the small ones come back by themselves. */
Test(heap, growing_reclaims, .init = begin, .fini = end)
{
    enum { COUNT = 40000 };
    static void *blocks[COUNT];
    struct heap *heap = heap_new(cache, 0, 4 * KB, NULL);
    for (size_t i = 0; i < COUNT; i++)
        blocks[i] = heap_alloc(heap, NULL, 0, 64);
    size_t peak = heap_reserved(heap);
    for (size_t i = 0; i < COUNT; i++)
        heap_alloc(heap, blocks[i], 64, 0);
    for (size_t i = 0; i < 2 * MB / 1000; i++)
        cr_assert_not_null(heap_alloc(heap, NULL, 0, 1000));
    cr_assert_lt(heap_reserved(heap), peak + peak / 4);
    drop(heap);
}

/* While a large heap is swept and used at the same time, blocks come in the order of their addresses, not in that of their deaths. */
Test(heap, what_dies_waits_for_its_turn_in_a_large_heap, .init = begin, .fini = end)
{
    enum { COUNT = 10000, HALF = COUNT / 2 };
    static void *blocks[COUNT];
    struct heap *heap = heap_new(cache, 0, 4 * KB, NULL);
    for (size_t i = 0; i < COUNT; i++)
        blocks[i] = heap_alloc(heap, NULL, 0, 64);
    for (size_t i = COUNT; i-- > 0;)
        heap_alloc(heap, blocks[i], 64, 0);
    for (size_t i = 0; i < HALF; i++)
        cr_assert_eq(heap_alloc(heap, NULL, 0, 64), blocks[i]);
    for (size_t i = 0; i < HALF; i++) {
        heap_alloc(heap, blocks[HALF - 1 - i], 64, 0);
        cr_assert_eq(heap_alloc(heap, NULL, 0, 64), blocks[HALF + i]);
    }
    drop(heap);
}

/* All that was freed is joined, whichever list it is in. */
Test(heap, reclaiming_a_large_heap_finds_all, .init = begin, .fini = end)
{
    enum { COUNT = 10000 };
    static void *blocks[COUNT];
    struct heap *heap = heap_new(cache, 0, 4 * KB, NULL);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT; i++)
            blocks[i] = heap_alloc(heap, NULL, 0, 40 + i % 4 * 24);
        cr_assert_gt(heap_reserved(heap), 700 * KB);
        for (size_t i = 0; i < COUNT; i++)
            heap_alloc(heap, blocks[i], 40 + i % 4 * 24, 0);
        cr_assert_gt(heap_reclaim(heap), 700 * KB);
        cr_assert_eq(heap_reserved(heap), 4 * KB);
    }
    drop(heap);
}

/* Blocks of changing sizes come and go for long: what is cut small is joined again, so memory stays near what lives. */
Test(heap, churn_does_not_fragment, .init = begin, .fini = end)
{
    enum { COUNT = 200, ROUNDS = 400000 };
    static struct {
        unsigned char *block;
        size_t size;
    } blocks[COUNT];
    struct heap *heap = heap_new(cache, 0, 4 * KB, NULL);
    struct rng rng;
    rng_seed(&rng, 7);
    size_t peak = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned i = (unsigned)rng_below(&rng, COUNT);
        for (size_t at = 0; at < blocks[i].size; at++)
            cr_assert_eq(blocks[i].block[at], (unsigned char)i);
        heap_alloc(heap, blocks[i].block, blocks[i].size, 0);
        /* what is wanted changes all the time, as it does when tables grow */
        blocks[i].size = 8 + (size_t)rng_below(&rng, 8u << (round / 1000 % 6)) * 2;
        blocks[i].block = heap_alloc(heap, NULL, 0, blocks[i].size);
        memset(blocks[i].block, (int)i, blocks[i].size);
        peak = heap_used(heap) > peak ? heap_used(heap) : peak;
    }
    cr_assert_lt(heap_reserved(heap), peak * 2, "%zu KB for %zu KB", heap_reserved(heap) / KB, peak / KB);
    drop(heap);
}

/* The smallest stack of a coroutine grows: from now on it may not be walked until somebody says so. */
Test(heap, a_small_stack_that_grows_is_on_the_move, .init = begin, .fini = end)
{
    struct heap *heap = heap_new(cache, 0, 4 * KB, NULL);
    void *stack = heap_alloc(heap, NULL, 0, 640);
    cr_assert_not(heap_is_moving(heap));
    heap_alloc(heap, stack, 640, 1280);
    cr_assert(heap_is_moving(heap));
    heap_settled(heap);
    cr_assert_not(heap_is_moving(heap));
    drop(heap);
}

Test(heap, big_heaps_have_few_chunks, .init = begin, .fini = end)
{
    struct heap *heap = heap_new(cache, 0, 4 * KB, NULL);
    for (int i = 0; i < 8 * MB / 100; i++)
        cr_assert_not_null(heap_alloc(heap, NULL, 0, 100));
    cr_assert_lt(heap_reserved(heap), 10 * MB);
    unsigned steps = 1;
    for (; !heap_drop(heap, cache, 1); steps++)
        ;
    cr_assert_lt(steps, 500);
}

Test(heap, drop_is_done_in_bounded_steps, .init = begin, .fini = end)
{
    struct slab_stats before, after;
    struct heap *heap = heap_new(cache, 0, 4 * KB, NULL);
    for (int i = 0; i < 20; i++)
        cr_assert_not_null(heap_alloc(heap, NULL, 0, 100 * KB));
    for (int i = 0; i < 19; i++) {
        slab_depot_stats(depot, &before);
        cr_assert_not(heap_drop(heap, cache, 1));
        slab_depot_stats(depot, &after);
        cr_assert_lt(after.large, before.large);
        cr_assert_gt(after.large, before.large - 110 * KB);
    }
    cr_assert_not(heap_drop(heap, cache, 1));
    cr_assert(heap_drop(heap, cache, 1));
}

Test(heap, a_heap_moves_between_caches, .init = begin, .fini = end)
{
    struct slab_cache *other = slab_cache_new(depot);
    struct heap *heap = heap_new(cache, 0, 2 * KB, NULL);
    for (int i = 0; i < 100; i++) {
        heap_enter(heap, i % 2 ? cache : other);
        memset(heap_alloc(heap, NULL, 0, 900), i, 900);
        heap_alloc(heap, NULL, 0, (size_t)i * KB + 1);
    }
    cr_assert(heap_drop(heap, other, 1000));
    slab_cache_free(other);
}

struct reports {
    unsigned collect, over;
};

static void report(void *user, enum heap_pressure what)
{
    struct reports *reports = user;
    if (what == HEAP_COLLECT)
        reports->collect++;
    else
        reports->over++;
}

Test(heap, the_limit_is_reported_and_then_refused, .init = begin, .fini = end)
{
    enum { STEP = 1000 };
    const size_t limit = 16 * MB;
    struct heap *heap = heap_new(cache, sizeof(struct reports), 4 * KB, NULL);
    const struct reports *reports = heap_user(heap);
    heap_set_limit(heap, limit, report);
    cr_assert_eq(heap_limit(heap), limit);
    size_t used = 0;
    for (; used + STEP <= limit / 8 * 7; used += STEP)
        cr_assert_not_null(heap_alloc(heap, NULL, 0, STEP));
    cr_assert_eq(reports->collect, 0);
    for (; used + STEP <= limit; used += STEP)
        cr_assert_not_null(heap_alloc(heap, NULL, 0, STEP));
    cr_assert_geq(reports->collect, 7);
    cr_assert_leq(reports->collect, 8, "more than once per 1/64");
    cr_assert_eq(reports->over, 0);
    void *block;
    for (; (block = heap_alloc(heap, NULL, 0, STEP)); used += STEP)
        cr_assert_eq(reports->over, 1);
    cr_assert_eq(reports->over, 1, "once");
    cr_assert_leq(used, limit + limit / 4 + 8 * MB);
    cr_assert_geq(used, limit + limit / 4 + 6 * MB);
    cr_assert_leq(heap_reserved(heap), limit + limit / 4 + 8 * MB);
    cr_assert_eq(heap_used(heap), used);
    drop(heap);
}

/* Blocks of the size that most have, from the bump area and from their list: neither may pass the place where `pressure` is due. */
Test(heap, small_blocks_count_toward_the_limit, .init = begin, .fini = end)
{
    enum { SIZE = 40, SPARE = 4 };
    const size_t limit = 256 * KB, calm = limit / 8 * 7;
    for (unsigned is_listed = 0; is_listed < 2; is_listed++) {
        struct heap *heap = heap_new(cache, sizeof(struct reports), 4 * KB, NULL);
        const struct reports *reports = heap_user(heap);
        void *blocks[SPARE] = {NULL};
        heap_set_limit(heap, limit, report);
        for (unsigned i = 0; heap_used(heap) + SIZE <= calm; i++)
            blocks[i % SPARE] = heap_alloc(heap, NULL, 0, SIZE);
        for (unsigned i = 0; i < SPARE && is_listed; i++)
            heap_alloc(heap, blocks[i], SIZE, 0);
        heap_charge(heap, (ptrdiff_t)(is_listed * SPARE * SIZE));
        cr_assert_eq(reports->collect, 0);
        cr_assert_not_null(heap_alloc(heap, NULL, 0, SIZE));
        cr_assert_eq(reports->collect, 1);
        while (heap_used(heap) + SIZE <= limit)
            cr_assert_not_null(heap_alloc(heap, NULL, 0, SIZE));
        cr_assert_eq(reports->over, 0);
        heap_alloc(heap, NULL, 0, SIZE);
        cr_assert_eq(reports->over, 1);
        drop(heap);
    }
}

Test(heap, pressure_comes_again_after_relief, .init = begin, .fini = end)
{
    const size_t limit = 1 * MB;
    struct heap *heap = heap_new(cache, sizeof(struct reports), 4 * KB, NULL);
    const struct reports *reports = heap_user(heap);
    heap_set_limit(heap, limit, report);
    void *most = heap_alloc(heap, NULL, 0, limit / 8 * 7 - 10 * KB);
    for (unsigned i = 1; i <= 3; i++) {
        void *more = heap_alloc(heap, NULL, 0, 11 * KB);
        cr_assert_eq(reports->collect, 2 * i - 1);
        heap_alloc(heap, more, 11 * KB, 0);
        more = heap_alloc(heap, NULL, 0, 11 * KB);
        cr_assert_eq(reports->collect, 2 * i - 1, "again within 1/64");
        void *rest = heap_alloc(heap, NULL, 0, limit / 64 + KB);
        cr_assert_eq(reports->collect, 2 * i);
        heap_alloc(heap, rest, limit / 64 + KB, 0);
        heap_alloc(heap, more, 11 * KB, 0);
        most = heap_alloc(heap, most, limit / 8 * 7 - 10 * KB, limit / 2);
        most = heap_alloc(heap, most, limit / 2, limit / 8 * 7 - 10 * KB);
    }
    cr_assert_eq(reports->over, 0);
    drop(heap);
}

Test(heap, one_request_beyond_all_is_refused_and_reported, .init = begin, .fini = end)
{
    struct heap *heap = heap_new(cache, sizeof(struct reports), 4 * KB, NULL);
    const struct reports *reports = heap_user(heap);
    heap_set_limit(heap, 4 * MB, report);
    char *block = heap_alloc(heap, NULL, 0, 100);
    memset(block, 9, 100);
    cr_assert_null(heap_alloc(heap, NULL, 0, 100 * MB));
    cr_assert_eq(reports->over, 1);
    cr_assert_null(heap_alloc(heap, block, 100, 100 * MB));
    cr_assert_null(heap_alloc(heap, NULL, 0, (size_t)1 << 62));
    cr_assert_eq(block[99], 9);
    cr_assert_eq(heap_used(heap), 100);
    cr_assert_eq(reports->over, 1);
    heap_set_limit(heap, SIZE_MAX, NULL);
    block = heap_alloc(heap, block, 100, 13 * MB);
    cr_assert_eq(block[99], 9);
    drop(heap);
}

Test(heap, charges_count_toward_the_limit, .init = begin, .fini = end)
{
    struct heap *heap = heap_new(cache, sizeof(struct reports), 4 * KB, NULL);
    const struct reports *reports = heap_user(heap);
    heap_set_limit(heap, 4 * MB, report);
    heap_charge(heap, 3 * MB);
    cr_assert_eq(reports->collect, 0);
    heap_charge(heap, MB - KB);
    cr_assert_eq(reports->collect, 1);
    heap_charge(heap, 2 * KB);
    cr_assert_eq(reports->over, 1);
    cr_assert_eq(heap_used(heap), 4 * MB + KB);
    heap_charge(heap, -(4 * MB + KB));
    cr_assert_eq(heap_used(heap), 0);
    cr_assert_eq(heap_reserved(heap), 4 * KB);
    drop(heap);
}

/* Lua relies on it: shrinking never fails, whatever else does. */
Test(heap, shrinking_never_fails, .init = begin, .fini = end)
{
    struct fault_plan *plan = fault_plan_new();
    struct heap *heap = heap_new(cache, sizeof(struct reports), 4 * KB, plan);
    static const size_t sizes[] = {500000, 100000, 40000, 30000, 5000, 4096, 3000, 700, 130, 64, 8};
    unsigned char *block = heap_alloc(heap, NULL, 0, sizes[0]);
    memset(block, 5, sizes[0]);
    fault_set(plan, FAULT_HEAP, 1, UINT64_MAX, 12);
    heap_set_limit(heap, 1, report);
    for (size_t i = 1; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        block = heap_alloc(heap, block, sizes[i - 1], sizes[i]);
        cr_assert_not_null(block);
        cr_assert_eq(heap_used(heap), sizes[i]);
        for (size_t at = 0; at < sizes[i]; at++)
            cr_assert_eq(block[at], 5);
    }
    cr_assert_null(heap_alloc(heap, block, 8, 16));
    heap_alloc(heap, block, 8, 0);
    cr_assert_eq(heap_used(heap), 0);
    drop(heap);
    fault_plan_free(plan);
}

Test(heap, faults_fail_new_heaps_and_blocks, .init = begin, .fini = end)
{
    struct fault_plan *plan = fault_plan_new();
    fault_set(plan, FAULT_HEAP, 1, 1, 12);
    cr_assert_null(heap_new(cache, 0, 4 * KB, plan));
    struct heap *heap = heap_new(cache, 0, 4 * KB, plan);
    fault_set(plan, FAULT_HEAP, 2, 1, 12);
    void *block = heap_alloc(heap, NULL, 0, 50);
    cr_assert_not_null(block);
    cr_assert_null(heap_alloc(heap, NULL, 0, 50));
    cr_assert_not_null(heap_alloc(heap, block, 50, 150));
    cr_assert_eq(heap_used(heap), 150);
    drop(heap);
    fault_plan_free(plan);
}

/* Free blocks and the bytes past a block are poisoned for AddressSanitizer; in other builds nothing is. */
Test(heap, free_memory_is_poisoned, .init = begin, .fini = end)
{
    struct heap *heap = heap_new(cache, 0, 4 * KB, NULL);
    bool on = slab_is_poisoned((char *)heap + 4 * KB - 1);
    heap_alloc(heap, heap_alloc(heap, NULL, 0, 4000), 4000, 0); /* the lists of large free blocks have a place now */
    char *block = heap_alloc(heap, NULL, 0, 260);
    cr_assert_not(slab_is_poisoned(block + 259));
    cr_assert_eq(slab_is_poisoned(block + 264), on);
    block = heap_alloc(heap, block, 260, 300);
    cr_assert_not(slab_is_poisoned(block + 299));
    heap_alloc(heap, block, 300, 0);
    cr_assert_eq(slab_is_poisoned(block), on);
    cr_assert_eq(slab_is_poisoned(block + 299), on);
    drop(heap);
    cr_assert_eq(slab_is_poisoned(heap), on);
}

Test(heap, an_image_is_packed_and_its_blocks_can_be_freed, .init = begin, .fini = end)
{
    /* A user area of 16 bytes, blocks of 300, 24 and 1000 bytes. */
    static char bytes[16 + 304 + 24 + 1000];
    static const char shared[64];
    memset(bytes, 1, sizeof(bytes));
    struct heap_image image = {.size = sizeof(bytes), .live = 1324, .shared = shared, .shared_size = sizeof(shared)};
    struct heap *heap = heap_image_take(cache, &image, NULL);
    heap_image_begin(heap, cache, &image, NULL);
    memcpy(heap_user(heap), bytes, sizeof(bytes));
    char *a = (char *)heap_user(heap) + 16, *b = a + 304, *c = b + 24;
    cr_assert_eq(heap_used(heap), 1324);
    cr_assert_neq(heap_alloc(heap, a, 300, 310), a, "grew over its neighbour");
    cr_assert_eq(*b, 1);
    cr_assert_eq(heap_alloc(heap, c, 1000, 500), c);
    char *other[40];
    for (size_t i = 0; i < 40; i++) {
        other[i] = heap_alloc(heap, NULL, 0, 24 + i * 8);
        memset(other[i], 2, 24 + i * 8);
    }
    for (size_t i = 0; i < 24; i++)
        cr_assert_eq(b[i], 1);
    for (size_t i = 0; i < 500; i++)
        cr_assert_eq(c[i], 1);
    size_t used = heap_used(heap);
    heap_alloc(heap, (void *)(uintptr_t)shared, 64, 0);
    cr_assert_eq(heap_used(heap), used);
    char *moved = heap_alloc(heap, (void *)(uintptr_t)(shared + 8), 16, 40);
    cr_assert_eq(heap_used(heap), used + 40);
    cr_assert_eq(memcmp(moved, shared, 16), 0);
    drop(heap);
}

/* The lists of large free blocks take their place from the first of these; nothing is lost by that. */
Test(heap, large_blocks_are_used_again, .init = begin, .fini = end)
{
    struct heap *heap = heap_new(cache, 0, 16 * KB, NULL);
    for (size_t size = 257; size <= 4096; size += 13) {
        char *block = heap_alloc(heap, NULL, 0, size);
        memset(block, 1, size);
        heap_alloc(heap, block, size, 0);
        char *again = heap_alloc(heap, NULL, 0, size);
        if (size > 257)
            cr_assert_eq(again, block);
        memset(again, 2, size);
        heap_alloc(heap, again, size, 0);
    }
    cr_assert_eq(heap_used(heap), 0);
    drop(heap);
}

/* One chunk as large as the extent would have been enough. */
Test(heap, the_extent_is_what_a_first_chunk_needs, .init = begin, .fini = end)
{
    struct heap *heap = heap_new(cache, 0, 2 * KB, NULL);
    size_t start = heap_extent(heap);
    heap_alloc(heap, NULL, 0, 100);
    cr_assert_eq(heap_extent(heap), start + 104);
    for (int i = 0; i < 100; i++)
        heap_alloc(heap, NULL, 0, 64);
    cr_assert_geq(heap_extent(heap), start + 104 + 6400);
    cr_assert_leq(heap_extent(heap), start + 104 + 6400 + 6 * 64);
    drop(heap);
}

Test(heap, what_is_hot_ends_where_blocks_do, .init = begin, .fini = end)
{
    struct heap *heap = heap_new(cache, 0, 2 * KB, NULL);
    heap_alloc(heap, NULL, 0, 100);
    struct heap_hot hot = heap_hot(heap);
    cr_assert_eq(hot.cold_from, 0);
    cr_assert_eq(hot.cold_to, 0);
    cr_assert_eq(hot.end, (heap_extent(heap) + 63) / 64);
    for (int i = 0; i < 20; i++)
        heap_alloc(heap, NULL, 0, 1000);
    cr_assert_eq(heap_hot(heap).end, 8192 / 64, "no more than a part of the first-level cache");
    drop(heap);
}

/* The lines of which a part is cold are hot. */
Test(heap, what_is_cold_in_an_image_is_left_out, .init = begin, .fini = end)
{
    struct heap_image image = {.size = 2000, .live = 2000, .cold_from = 641, .cold_to = 1299};
    struct heap *heap = heap_image_take(cache, &image, NULL);
    heap_image_begin(heap, cache, &image, NULL);
    struct heap_hot hot = heap_hot(heap);
    cr_assert_eq(hot.cold_from, 11);
    cr_assert_eq(hot.cold_to, 20);
    cr_assert_eq(hot.end, (heap_user_offset() + 2000 + 63) / 64);
    drop(heap);
    image.cold_to = 703; /* no whole line */
    image.cold_from = 690;
    heap = heap_image_take(cache, &image, NULL);
    heap_image_begin(heap, cache, &image, NULL);
    hot = heap_hot(heap);
    cr_assert_eq(hot.cold_from + hot.cold_to, 0);
    drop(heap);
    image.cold_to = 1 << 20;
    heap = heap_image_take(cache, &image, NULL);
    heap_image_begin(heap, cache, &image, NULL);
    hot = heap_hot(heap);
    cr_assert_eq(hot.cold_from + hot.cold_to, 0, "behind the end nothing is fetched, and nothing left out");
    drop(heap);
}

Test(heap, a_shell_gives_nothing, .init = begin, .fini = end)
{
    char *memory = calloc(1, heap_user_offset() + 16);
    struct heap *heap = heap_init_shell(memory);
    cr_assert_null(heap_alloc(heap, NULL, 0, 100));
    cr_assert_null(heap_alloc(heap, NULL, 0, 100000));
    cr_assert_eq((char *)heap_user(heap), memory + heap_user_offset());
    cr_assert_eq(heap_used(heap), 0);
    free(memory);
}

static void *noted_block(struct heap *heap, size_t size)
{
    char *block = heap_alloc(heap, NULL, 0, size);
    heap_note(heap, block + 24, 7);
    cr_assert_eq(heap_noted(heap, block + 24), 7);
    return block;
}

Test(heap, a_note_holds_as_long_as_its_block, .init = begin, .fini = end)
{
    static const size_t sizes[] = {56, 128, 200, 5 * KB};
    struct heap *heap = heap_new(cache, 64, 64 * KB, NULL);
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t size = sizes[i];
        char *other = heap_alloc(heap, NULL, 0, size), *block = noted_block(heap, size),
             *third = heap_alloc(heap, NULL, 0, size);
        cr_assert_eq(heap_noted(heap, block), 0);
        cr_assert_eq(heap_noted(heap, NULL), 0);
        heap_alloc(heap, other, size, 0);
        heap_alloc(heap, third, size, 0);
        cr_assert_eq(heap_noted(heap, block + 24), 7, "%zu", size);
        heap_alloc(heap, block, size, 0);
        cr_assert_eq(heap_noted(heap, block + 24), 0, "%zu", size);
        other = heap_alloc(heap, NULL, 0, size); /* where it was, perhaps */
        cr_assert_eq(heap_noted(heap, block + 24), 0, "%zu", size);
        heap_alloc(heap, other, size, 0);
    }
    drop(heap);
}

Test(heap, a_note_is_gone_when_its_block_moves, .init = begin, .fini = end)
{
    struct heap *heap = heap_new(cache, 64, 64 * KB, NULL);
    char *block = noted_block(heap, 56), *moved = heap_alloc(heap, block, 56, 300);
    cr_assert_eq(heap_noted(heap, block + 24), 0);
    heap_alloc(heap, moved, 300, 0);
    drop(heap);
}

Test(heap, a_heap_has_one_note, .init = begin, .fini = end)
{
    struct heap *heap = heap_new(cache, 64, 64 * KB, NULL);
    char *first = noted_block(heap, 56), *second = heap_alloc(heap, NULL, 0, 56);
    heap_note(heap, second, 8);
    cr_assert_eq(heap_noted(heap, first + 24), 0);
    cr_assert_eq(heap_noted(heap, second), 8);
    heap_alloc(heap, first, 56, 0);
    cr_assert_eq(heap_noted(heap, second), 8);
    heap_alloc(heap, second, 56, 0);
    drop(heap);
}
