/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/fault.h"
#include "vm/slab.h"

enum { SLAB = 2 << 20, KB = 1024 };

static const uint64_t SECOND = 1000000000;

static struct slab_stats stats_of(struct slab_depot *depot)
{
    struct slab_stats stats;
    slab_depot_stats(depot, &stats);
    return stats;
}

Test(slab, chunks_are_apart_aligned_and_writable)
{
    struct slab_depot *depot = slab_depot_new(false, NULL);
    struct slab_cache *cache = slab_cache_new(depot);
    unsigned char *chunks[32][20];
    for (size_t k = 0; k < 32; k++) {
        for (size_t i = 0; i < 20; i++) {
            chunks[k][i] = slab_alloc(cache, (k + 1) * KB - (i % 2) * 5);
            cr_assert_not_null(chunks[k][i]);
            cr_assert_eq((uintptr_t)chunks[k][i] % 64, 0);
            memset(chunks[k][i], (int)(k * 20 + i), (k + 1) * KB);
        }
    }
    for (size_t k = 0; k < 32; k++) {
        for (size_t i = 0; i < 20; i++) {
            for (size_t at = 0; at < (k + 1) * KB; at += 97)
                cr_assert_eq(chunks[k][i][at], (unsigned char)(k * 20 + i));
            slab_free(cache, chunks[k][i], (k + 1) * KB);
        }
    }
    slab_cache_free(cache);
    cr_assert_eq(stats_of(depot).used, 0);
    slab_depot_free(depot);
}

Test(slab, a_freed_chunk_is_the_next_one_given_out)
{
    struct slab_depot *depot = slab_depot_new(false, NULL);
    struct slab_cache *cache = slab_cache_new(depot);
    void *first = slab_alloc(cache, 7 * KB - 50); /* rounds up to the same */
    slab_free(cache, first, 7 * KB - 50);
    cr_assert_eq(slab_alloc(cache, 7 * KB), first);
    slab_free(cache, first, 7 * KB);
    slab_cache_free(cache);
    slab_depot_free(depot);
}

/* A slab has 2047 units: sizes that divide nothing still fill it, and freed neighbours merge for other sizes. */
Test(slab, units_are_not_wasted)
{
    enum { COUNT = 600 };
    struct slab_depot *depot = slab_depot_new(false, NULL);
    struct slab_cache *cache = slab_cache_new(depot);
    static void *chunks[COUNT];
    size_t bytes = 0;
    for (size_t i = 0; i < COUNT; i++) {
        size_t size = (i % 3 == 0 ? 7 : i % 3 == 1 ? 13 : 1) * KB;
        chunks[i] = slab_alloc(cache, size);
        bytes += size;
    }
    cr_assert_leq(stats_of(depot).mapped, (bytes / SLAB + 1) * SLAB);
    for (size_t i = 0; i < COUNT; i++)
        slab_free(cache, chunks[i], (i % 3 == 0 ? 7 : i % 3 == 1 ? 13 : 1) * KB);
    slab_cache_flush(cache);
    size_t mapped = stats_of(depot).mapped;
    for (size_t i = 0; i < bytes / (32 * KB) - 4; i++)
        chunks[i] = slab_alloc(cache, 32 * KB);
    cr_assert_eq(stats_of(depot).mapped, mapped, "freed neighbours did not merge");
    for (size_t i = 0; i < bytes / (32 * KB) - 4; i++)
        slab_free(cache, chunks[i], 32 * KB);
    slab_cache_free(cache);
    slab_depot_free(depot);
}

/* Full slabs are not looked at again, until something comes back: to the first one as well as to the last. */
Test(slab, room_in_a_slab_that_was_full_is_found)
{
    enum { COUNT = 400, SOME = 16 };
    struct slab_depot *depot = slab_depot_new(false, NULL);
    struct slab_cache *cache = slab_cache_new(depot);
    static void *chunks[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        chunks[i] = slab_alloc(cache, 32 * KB);
    size_t peak = stats_of(depot).mapped;
    for (size_t from = 0; from < COUNT; from += COUNT - SOME) {
        uintptr_t slab = (uintptr_t)chunks[from] / SLAB;
        for (size_t i = from; i < from + SOME; i++)
            slab_free(cache, chunks[i], 32 * KB);
        slab_cache_flush(cache);
        for (size_t i = from; i < from + SOME; i++)
            chunks[i] = slab_alloc(cache, 32 * KB);
        cr_assert_eq(stats_of(depot).mapped, peak);
        cr_assert_eq((uintptr_t)chunks[from] / SLAB, slab, "it was the only one with room, or the fullest");
    }
    for (size_t i = 0; i < COUNT; i++)
        slab_free(cache, chunks[i], 32 * KB);
    slab_cache_free(cache);
    slab_depot_free(depot);
}

/* Chunks of one size that lie in the depot are broken up before a new slab is mapped for another size. */
Test(slab, the_depot_does_not_hoard)
{
    enum { COUNT = 2047 / 16 - 7 };
    struct slab_depot *depot = slab_depot_new(false, NULL);
    struct slab_cache *cache = slab_cache_new(depot), *other = slab_cache_new(depot);
    static void *chunks[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        chunks[i] = slab_alloc(cache, 16 * KB);
    cr_assert_eq(stats_of(depot).mapped, SLAB);
    for (size_t i = 0; i < COUNT; i++)
        slab_free(cache, chunks[i], 16 * KB);
    for (size_t i = 0; i < COUNT - 25; i++)
        chunks[i] = slab_alloc(other, 15 * KB);
    cr_assert_eq(stats_of(depot).mapped, SLAB);
    for (size_t i = 0; i < COUNT - 25; i++)
        slab_free(other, chunks[i], 15 * KB);
    slab_cache_free(cache);
    slab_cache_free(other);
    slab_depot_free(depot);
}

Test(slab, trim_gives_back_slabs_empty_for_a_second)
{
    enum { COUNT = 400 };
    struct slab_depot *depot = slab_depot_new(false, NULL);
    struct slab_cache *cache = slab_cache_new(depot);
    static void *chunks[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        chunks[i] = slab_alloc(cache, 32 * KB);
    size_t peak = stats_of(depot).mapped;
    cr_assert_geq(peak, (size_t)COUNT * 32 * KB);
    slab_depot_trim(depot, 5 * SECOND);
    slab_depot_trim(depot, 50 * SECOND);
    cr_assert_eq(stats_of(depot).mapped, peak, "slabs in use were unmapped");
    for (size_t i = 1; i < COUNT; i++)
        slab_free(cache, chunks[i], 32 * KB);
    slab_cache_flush(cache);
    slab_depot_trim(depot, 60 * SECOND); /* notes the use of the magazines */
    slab_depot_trim(depot, 61 * SECOND); /* drains them and stamps */
    cr_assert_geq(stats_of(depot).mapped, SLAB);
    slab_depot_trim(depot, 62 * SECOND);
    slab_depot_trim(depot, 63 * SECOND);
    cr_assert_eq(stats_of(depot).mapped, SLAB);
    cr_assert_eq(stats_of(depot).used, 32 * KB);
    memset(chunks[0], 1, 32 * KB);
    slab_free(cache, chunks[0], 32 * KB);
    slab_cache_free(cache);
    slab_depot_trim(depot, 70 * SECOND);
    cr_assert_eq(stats_of(depot).mapped, SLAB);
    slab_depot_trim(depot, 71 * SECOND - 1);
    cr_assert_eq(stats_of(depot).mapped, SLAB, "less than a second");
    slab_depot_trim(depot, 71 * SECOND);
    cr_assert_eq(stats_of(depot).mapped, 0);
    slab_depot_free(depot);
}

static uintptr_t base_of(const void *chunk)
{
    return (uintptr_t)chunk & ~(uintptr_t)(SLAB - 1);
}

/* Frees up to `count` chunks in the slab at `base`, or in all others. */
static void free_some(struct slab_cache *cache, void **chunks, size_t all, uintptr_t base, bool inside, size_t count)
{
    for (size_t i = 0; i < all && count > 0; i++) {
        if (!chunks[i] || (base_of(chunks[i]) == base) != inside)
            continue;
        slab_free(cache, chunks[i], 16 * KB);
        chunks[i] = NULL;
        count--;
    }
}

Test(slab, the_fullest_slab_is_filled_first)
{
    enum { COUNT = 250 };
    struct slab_depot *depot = slab_depot_new(false, NULL);
    struct slab_cache *cache = slab_cache_new(depot);
    static void *chunks[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        chunks[i] = slab_alloc(cache, 16 * KB);
    cr_assert_neq(base_of(chunks[0]), base_of(chunks[COUNT - 1]));
    for (int side = 0; side < 2; side++) {
        uintptr_t full = base_of(chunks[side ? COUNT - 1 : 0]);
        free_some(cache, chunks, COUNT, full, true, 20);
        free_some(cache, chunks, COUNT, full, false, 90);
        slab_cache_flush(cache);
        for (uint64_t t = 0; t < 3; t++)
            slab_depot_trim(depot, t); /* empties the magazines of the depot */
        for (size_t i = 0, taken = 0; i < COUNT && taken < 10; i++) {
            if (chunks[i])
                continue;
            chunks[i] = slab_alloc(cache, 16 * KB);
            taken++;
            cr_assert_eq(base_of(chunks[i]), full, "side %d", side);
        }
        for (size_t i = 0; i < COUNT; i++)
            if (!chunks[i])
                chunks[i] = slab_alloc(cache, 16 * KB);
    }
    free_some(cache, chunks, COUNT, 0, false, COUNT);
    slab_cache_free(cache);
    cr_assert_eq(stats_of(depot).used, 0);
    slab_depot_free(depot);
}

static void fill_addresses(void **out, size_t count)
{
    struct slab_depot *depot = slab_depot_new(true, NULL);
    struct slab_cache *cache = slab_cache_new(depot);
    static const size_t larges[] = {40000, 200000, 50000, 3000000, 40001};
    void *blocks[5];
    for (size_t i = 0; i + 5 < count; i++)
        out[i] = slab_alloc(cache, (i % 32 + 1) * KB);
    for (size_t i = 0; i < 5; i++)
        blocks[i] = slab_alloc_large(depot, larges[i]);
    slab_free_large(depot, blocks[1], larges[1]);
    blocks[1] = slab_alloc_large(depot, 150000);
    blocks[0] = slab_realloc_large(depot, blocks[0], larges[0], 41000);
    blocks[2] = slab_realloc_large(depot, blocks[2], larges[2], 60000);
    for (size_t i = 0; i < 5; i++)
        out[count - 5 + i] = blocks[i];
    static const size_t now[] = {41000, 150000, 60000, 3000000, 40001};
    for (size_t i = 0; i < 5; i++)
        slab_free_large(depot, blocks[i], now[i]);
    for (size_t i = 0; i + 5 < count; i++)
        slab_free(cache, out[i], (i % 32 + 1) * KB);
    cr_assert_eq(stats_of(depot).large, 0);
    slab_cache_free(cache);
    slab_depot_free(depot);
}

Test(slab, fixed_addresses_are_the_same_in_every_run)
{
    enum { COUNT = 500 };
    static void *first[COUNT], *second[COUNT];
    fill_addresses(first, COUNT);
    void *hole = malloc(1 << 20);
    fill_addresses(second, COUNT);
    free(hole);
    cr_assert_eq(memcmp(first, second, sizeof(first)), 0);
}

Test(slab, two_fixed_depots_do_not_collide)
{
    struct slab_depot *one = slab_depot_new(true, NULL), *two = slab_depot_new(true, NULL);
    struct slab_cache *a = slab_cache_new(one), *b = slab_cache_new(two);
    void *p = slab_alloc(a, 4 * KB), *q = slab_alloc(b, 4 * KB);
    void *r = slab_alloc_large(one, 100000), *s = slab_alloc_large(two, 100000);
    cr_assert_not_null(p);
    cr_assert_not_null(q);
    cr_assert_neq(p, q);
    cr_assert_not_null(r);
    cr_assert_not_null(s);
    cr_assert_neq(r, s);
    slab_free(a, p, 4 * KB);
    slab_free(b, q, 4 * KB);
    slab_free_large(one, r, 100000);
    slab_free_large(two, s, 100000);
    slab_cache_free(a);
    slab_cache_free(b);
    slab_depot_free(one);
    slab_depot_free(two);
}

static void check_large(bool fixed)
{
    static const size_t sizes[] = {33000, 131071, 131072, 1000000, 70000, 200000, 199999, 34000, 5000000, 40000};
    struct slab_depot *depot = slab_depot_new(fixed, NULL);
    size_t size = sizes[0];
    unsigned char *block = slab_alloc_large(depot, size);
    memset(block, 7, size);
    for (size_t i = 1; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        block = slab_realloc_large(depot, block, size, sizes[i]);
        cr_assert_not_null(block);
        size_t kept = size < sizes[i] ? size : sizes[i];
        for (size_t at = 0; at < kept; at += 101)
            cr_assert_eq(block[at], 7);
        size = sizes[i];
        memset(block, 7, size);
        cr_assert_geq(stats_of(depot).large, size);
        cr_assert_lt(stats_of(depot).large, size + 4096);
    }
    slab_free_large(depot, block, size);
    cr_assert_eq(stats_of(depot).large, 0);
    cr_assert_null(slab_alloc_large(depot, SIZE_MAX - 100));
    slab_depot_free(depot);
}

Test(slab, large_blocks_keep_their_content)
{
    check_large(false);
    check_large(true);
}

Test(slab, a_failed_mapping_is_reported_and_passes)
{
    struct fault_plan *plan = fault_plan_new();
    struct slab_depot *depot = slab_depot_new(false, plan);
    struct slab_cache *cache = slab_cache_new(depot);
    fault_set(plan, FAULT_SLAB, 1, 3, 12);
    cr_assert_null(slab_alloc(cache, 5 * KB));
    cr_assert_null(slab_alloc(cache, 5 * KB));
    cr_assert_null(slab_alloc_large(depot, 100000));
    void *chunk = slab_alloc(cache, 5 * KB);
    cr_assert_not_null(chunk);
    slab_free(cache, chunk, 5 * KB);
    void *block = slab_alloc_large(depot, 100000);
    memset(block, 3, 100000);
    fault_set(plan, FAULT_SLAB, 1, 1, 12);
    cr_assert_null(slab_realloc_large(depot, block, 100000, 900000));
    cr_assert_eq(((char *)block)[99999], 3);
    slab_free_large(depot, block, 100000);
    slab_cache_free(cache);
    slab_depot_free(depot);
    fault_set(plan, FAULT_MALLOC, 1, 1, 12);
    cr_assert_null(slab_depot_new(false, plan));
    fault_plan_free(plan);
}

struct exchange {
    struct slab_depot *depot;
    pthread_mutex_t lock;
    void *chunks[64];
    unsigned seed;
};

/* Puts chunks into a shared table and frees what the other thread put there. */
static void *exchange_chunks(void *arg)
{
    struct exchange *exchange = arg;
    struct slab_cache *cache = slab_cache_new(exchange->depot);
    unsigned seed = __atomic_fetch_add(&exchange->seed, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < 20000; i++) {
        seed = seed * 1103515245 + 12345;
        size_t slot = seed / 65536 % 64, size = (slot % 8 + 1) * KB;
        char *mine = slab_alloc(cache, size);
        memset(mine, (int)slot, 64);
        pthread_mutex_lock(&exchange->lock);
        char *other = exchange->chunks[slot];
        exchange->chunks[slot] = mine;
        pthread_mutex_unlock(&exchange->lock);
        if (!other)
            continue;
        cr_assert_eq(other[63], (char)slot);
        slab_free(cache, other, size);
    }
    slab_cache_free(cache);
    return NULL;
}

Test(slab, chunks_are_freed_on_another_thread)
{
    struct exchange exchange = {.depot = slab_depot_new(false, NULL), .lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, exchange_chunks, &exchange), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    struct slab_cache *cache = slab_cache_new(exchange.depot);
    for (size_t i = 0; i < 64; i++)
        if (exchange.chunks[i])
            slab_free(cache, exchange.chunks[i], (i % 8 + 1) * KB);
    slab_cache_free(cache);
    cr_assert_eq(stats_of(exchange.depot).used, 0);
    slab_depot_free(exchange.depot);
}
