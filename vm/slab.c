/* SPDX-License-Identifier: MIT */
/*
 * slab: the caches of chunks. The slabs behind them are in slab_depot.c.
 *
 * Magazines. A cache has two per class, `loaded` and `spare`; it takes from and puts into `loaded`, swaps the two, and
 * only then goes to the depot. The depot keeps a few full magazines per class; what was not needed between two trims,
 * and what is over the bound, goes back into the bitmaps. So no chunk is out of use for long because it has the wrong
 * size.
 */
#include "vm/slab.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "sched/base/compiler.h"
#include "sched/base/fault.h"
#include "sched/base/memory.h"
#include "vm/slab_asan.h"
#include "vm/slab_depot.h"

enum {
    DEPOT_FULL_MAX = 4,      /* full magazines of a class kept in the depot */
    FETCHED_MAX = 16 * 1024, /* of a larger chunk not all is used at once */
};

struct cache_class {
    struct magazine *loaded, *spare; /* NULL until the class is used */
};

struct slab_cache {
    struct slab_depot *depot;
    struct cache_class classes[CLASSES];
};

static unsigned class_of(size_t size)
{
    assert(size > 0 && size <= SLAB_CHUNK_MAX);
    return (unsigned)((size + SLAB_CHUNK_UNIT - 1) / SLAB_CHUNK_UNIT);
}

/* Exchange of magazines; under the depot's lock */

static struct magazine *empty_magazine(struct slab_depot *depot)
{
    struct magazine *magazine = depot->empty;
    if (magazine)
        depot->empty = magazine->next;
    else
        magazine = memory_zeroed(sizeof(*magazine), "a magazine of chunks");
    return magazine;
}

/* Both magazines of the class are empty: brings one that is not, or nothing if no slab has room. */
static void refill(struct slab_depot *depot, struct cache_class *c, unsigned units)
{
    struct depot_class *d = &depot->classes[units];
    struct magazine *full = d->full;
    if (full) {
        d->full = full->next;
        d->fulls--;
        d->least = d->least < d->fulls ? d->least : d->fulls;
        c->loaded->next = depot->empty;
        depot->empty = c->loaded;
        c->loaded = full;
        return;
    }
    struct magazine *magazine = c->loaded;
    slab_depot_fill(depot, magazine, units, slab_depot_rounds(units) / 2);
    magazine->cold = magazine->count;
    /* Taken lowest address first, to be handed out in that order. */
    for (unsigned i = 0, j = magazine->count; i + 1 < j; i++) {
        void *swap = magazine->rounds[i];
        magazine->rounds[i] = magazine->rounds[--j];
        magazine->rounds[j] = swap;
    }
}

/* Both magazines of the class are full: makes `loaded` an empty one. */
static void unload(struct slab_depot *depot, struct cache_class *c, unsigned units)
{
    struct depot_class *d = &depot->classes[units];
    if (d->fulls < DEPOT_FULL_MAX) {
        c->loaded->next = d->full;
        d->full = c->loaded;
        d->fulls++;
    } else {
        slab_depot_drain(depot, c->loaded, units);
    }
    c->loaded = empty_magazine(depot);
}

static void cache_class_init(struct slab_depot *depot, struct cache_class *c)
{
    pthread_mutex_lock(&depot->lock);
    c->loaded = empty_magazine(depot);
    c->spare = empty_magazine(depot);
    pthread_mutex_unlock(&depot->lock);
}

static void swap_magazines(struct cache_class *c)
{
    struct magazine *loaded = c->loaded;
    c->loaded = c->spare;
    c->spare = loaded;
}

/* Fills `loaded` from the depot, which may need more memory for that; false: there is none. */
static bool load_from_depot(struct slab_depot *depot, struct cache_class *c, unsigned units)
{
    for (;;) {
        pthread_mutex_lock(&depot->lock);
        refill(depot, c, units);
        bool huge = slab_depot_is_big(depot), is_out = c->loaded->count == 0;
        bool fails = is_out && (fault_hit(depot->fault, FAULT_SLAB) || (depot->fixed && !slab_depot_add_fixed(depot)));
        pthread_mutex_unlock(&depot->lock);
        if (!is_out)
            return true;
        if (fails || (!depot->fixed && !slab_depot_add(depot, huge)))
            return false;
    }
}

static bool load_slow(struct slab_cache *cache, struct cache_class *c, unsigned units)
{
    if (!c->loaded)
        cache_class_init(cache->depot, c);
    swap_magazines(c);
    if (c->loaded->count > 0)
        return true;
    return load_from_depot(cache->depot, c, units);
}

static void unload_slow(struct slab_cache *cache, struct cache_class *c, unsigned units)
{
    if (!c->loaded) {
        cache_class_init(cache->depot, c);
        return;
    }
    swap_magazines(c);
    if (c->loaded->count < slab_depot_rounds(units))
        return;
    pthread_mutex_lock(&cache->depot->lock);
    unload(cache->depot, c, units);
    pthread_mutex_unlock(&cache->depot->lock);
}

struct slab_cache *slab_cache_new(struct slab_depot *depot)
{
    struct slab_cache *cache = memory_zeroed(sizeof(*cache), "a cache of chunks");
    cache->depot = depot;
    return cache;
}

void slab_cache_flush(struct slab_cache *cache)
{
    struct slab_depot *depot = cache->depot;
    pthread_mutex_lock(&depot->lock);
    for (unsigned units = 1; units < CLASSES; units++) {
        struct cache_class *c = &cache->classes[units];
        if (!c->loaded)
            continue;
        slab_depot_drain(depot, c->loaded, units);
        slab_depot_drain(depot, c->spare, units);
        c->loaded = c->spare = NULL;
    }
    pthread_mutex_unlock(&depot->lock);
}

void slab_cache_free(struct slab_cache *cache)
{
    slab_cache_flush(cache);
    free(cache);
}

struct slab_depot *slab_cache_depot(const struct slab_cache *cache)
{
    return cache->depot;
}

/* If the chunk is cold, so is the next one, which is fetched while the caller fills this one. */
static inline void *take_round(struct magazine *magazine, size_t size)
{
    void *chunk = magazine->rounds[--magazine->count];
    if (unlikely(magazine->cold > magazine->count)) {
        magazine->cold = magazine->count;
        if (magazine->count > 0)
            prefetch_area_later(magazine->rounds[magazine->count - 1], size < FETCHED_MAX ? size : FETCHED_MAX);
    }
    return chunk;
}

void *slab_alloc(struct slab_cache *cache, size_t size)
{
    unsigned units = class_of(size);
    struct cache_class *c = &cache->classes[units];
    if (unlikely(!c->loaded || c->loaded->count == 0) && !load_slow(cache, c, units))
        return NULL;
    void *chunk = take_round(c->loaded, size);
    slab_unpoison(chunk, (size_t)units * SLAB_CHUNK_UNIT);
    return chunk;
}

void slab_free(struct slab_cache *cache, void *chunk, size_t size)
{
    unsigned units = class_of(size);
    struct cache_class *c = &cache->classes[units];
    if (unlikely(!c->loaded || c->loaded->count == slab_depot_rounds(units)))
        unload_slow(cache, c, units);
    slab_poison(chunk, (size_t)units * SLAB_CHUNK_UNIT);
    c->loaded->rounds[c->loaded->count++] = chunk;
}

void *slab_alloc_large(struct slab_depot *depot, size_t size)
{
    return slab_large_alloc(&depot->large, size);
}

void *slab_realloc_large(struct slab_depot *depot, void *block, size_t old_size, size_t new_size)
{
    return slab_large_realloc(&depot->large, block, old_size, new_size);
}

void slab_free_large(struct slab_depot *depot, void *block, size_t size)
{
    slab_large_free(&depot->large, block, size);
}
