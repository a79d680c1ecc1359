/* SPDX-License-Identifier: MIT */
/*
 * slab: depot and caches of chunks.
 *
 * A slab is 2 MB of address space in units of 128 bytes; a chunk is a run of units, found first fit in the slab's
 * bitmap, so no chunk size wastes anything and neighbours merge when they are freed. The first units hold struct slab.
 * Chunks come from the fullest slab that has room, which lets the others run empty.
 *
 * Life of a slab. Mapped when no slab has room and the depot holds no full magazines; the first 16 MB of a depot in
 * normal pages (a small program stays small), later slabs in huge pages (a big one is bound by TLB misses). When its
 * last chunk comes back it is empty; the first slab_depot_trim that sees it so stamps it, and one that finds the stamp
 * a second old unmaps it. Its place in the table, which in seeded mode decides its address, goes to the next slab.
 *
 * Magazines. A cache has two per class, `loaded` and `spare`; it takes from and puts into `loaded`, swaps the two, and
 * only then goes to the depot. The depot keeps a few full magazines per class; what was not needed between two trims,
 * and what is over the bound, goes back into the bitmaps. So no chunk is out of use for long because it has the wrong
 * size.
 *
 * I1 A unit is busy in the bitmap iff its chunk is handed out or lies in a magazine.
 * I2 entries[slab->index].slab == slab for every mapped slab; `free` is the number of clear bits of its bitmap.
 * I3 No free run of a slab is longer than its entry's `run`, and none begins before its `low`.
 */
#include "vm/slab.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sched/base/compiler.h"
#include "sched/base/fault.h"
#include "sched/base/memory.h"
#include "vm/slab_asan.h"
#include "vm/slab_bits.h"
#include "vm/slab_large.h"
#include "vm/slab_map.h"

enum {
    SLAB_SIZE = SLAB_BITS * SLAB_CHUNK_UNIT,
    SLAB_UNITS = SLAB_BITS,
    SLAB_NORMAL = 8,                                /* so many slabs in normal pages */
    SLAB_MOST = 65536,                              /* slabs of a depot */
    CLASSES = SLAB_CHUNK_MAX / SLAB_CHUNK_UNIT + 1, /* a class is the units of its chunks; 0 is not used */
    ROUNDS_MIN = 4,
    ROUNDS_MAX = 32,
    ROUNDS_BYTES = 128 * 1024, /* a magazine holds about so much */
    DEPOT_FULL_MAX = 4,        /* full magazines of a class kept in the depot */
};

static const uint64_t EMPTY_NS = 1000000000;

struct slab {
    uint32_t index;
    uint64_t busy[SLAB_UNITS / 64];
};

enum { HEAD_UNITS = sizeof(struct slab) / SLAB_CHUNK_UNIT + 1, FREE_UNITS = SLAB_UNITS - HEAD_UNITS };

struct slab_entry {
    struct slab *slab; /* NULL: no slab here now */
    uint16_t free;
    uint16_t run;
    uint16_t low;
    bool foreign; /* seeded mode: something else is mapped at the address */
    bool stamped; /* was empty at the trim of stamp_ns, and since */
    uint64_t stamp_ns;
};

struct magazine {
    struct magazine *next;
    unsigned count;
    void *rounds[ROUNDS_MAX];
};

struct depot_class {
    struct magazine *full;
    unsigned fulls;
    unsigned least; /* least value of fulls since the last trim */
};

struct slab_depot {
    struct slab_large large;
    struct fault_plan *fault;
    bool fixed;
    pthread_mutex_t lock; /* guards the rest; slab_large's lock is never taken inside */
    struct slab_entry *entries;
    unsigned count, capacity; /* of entries */
    unsigned slabs;           /* mapped now */
    uint64_t units, taken,
        released; /* busy in all slabs, their heads not counted; ever taken; and slabs ever given back */
    struct magazine *empty;
    struct depot_class classes[CLASSES];
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

static unsigned rounds_of(unsigned units)
{
    unsigned rounds = ROUNDS_BYTES / SLAB_CHUNK_UNIT / units;
    return rounds < ROUNDS_MIN ? ROUNDS_MIN : rounds > ROUNDS_MAX ? ROUNDS_MAX : rounds;
}

/* Slabs; all of it under the depot's lock */

static void *map_slab(struct slab_depot *depot, unsigned index)
{
    if (!depot->fixed)
        return slab_map_aligned(SLAB_SIZE);
    return slab_map_at(SLAB_AREA_CHUNKS + (uint64_t)index * SLAB_SIZE, SLAB_SIZE);
}

/* An entry without a slab, the lowest one; NULL when the table is full. */
static struct slab_entry *vacant_entry(struct slab_depot *depot)
{
    for (unsigned i = 0; i < depot->count; i++)
        if (!depot->entries[i].slab && !depot->entries[i].foreign)
            return &depot->entries[i];
    if (depot->count == SLAB_MOST)
        return NULL;
    if (depot->count == depot->capacity) {
        depot->capacity = depot->capacity ? 2 * depot->capacity : 16;
        depot->entries =
            memory_resize(depot->entries, depot->capacity * sizeof(depot->entries[0]), "the table of slabs");
    }
    struct slab_entry *entry = &depot->entries[depot->count++];
    *entry = (struct slab_entry){0};
    return entry;
}

static struct slab_entry *slab_new(struct slab_depot *depot)
{
    if (fault_hit(depot->fault, FAULT_SLAB))
        return NULL;
    struct slab_entry *entry;
    struct slab *slab;
    for (;;) {
        entry = vacant_entry(depot);
        if (!entry)
            return NULL;
        slab = map_slab(depot, (unsigned)(entry - depot->entries));
        if (slab)
            break;
        if (errno != EEXIST)
            return NULL;
        entry->foreign = true;
    }
    madvise(slab, SLAB_SIZE, depot->slabs < SLAB_NORMAL ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
    slab->index = (uint32_t)(entry - depot->entries);
    slab_bits_flip(slab->busy, 0, HEAD_UNITS);
    slab_poison((char *)slab + HEAD_UNITS * SLAB_CHUNK_UNIT, FREE_UNITS * SLAB_CHUNK_UNIT);
    *entry = (struct slab_entry){.slab = slab, .free = FREE_UNITS, .run = FREE_UNITS, .low = HEAD_UNITS};
    depot->slabs++;
    return entry;
}

static void slab_unmap_entry(struct slab_depot *depot, struct slab_entry *entry)
{
    slab_unmap(entry->slab, SLAB_SIZE);
    *entry = (struct slab_entry){0};
    depot->slabs--;
    depot->released++;
}

/* The fullest slab that may have a run of `units`. */
static struct slab_entry *fullest_slab(struct slab_depot *depot, unsigned units)
{
    struct slab_entry *best = NULL;
    for (unsigned i = 0; i < depot->count; i++) {
        struct slab_entry *entry = &depot->entries[i];
        if (entry->slab && entry->free >= units && entry->run >= units && (!best || entry->free < best->free))
            best = entry;
    }
    return best;
}

static void slab_put_chunk(struct slab_depot *depot, void *chunk, unsigned units)
{
    struct slab *slab = (struct slab *)((uintptr_t)chunk & ~(uintptr_t)(SLAB_SIZE - 1));
    struct slab_entry *entry = &depot->entries[slab->index];
    unsigned start = (unsigned)((uintptr_t)chunk % SLAB_SIZE / SLAB_CHUNK_UNIT);
    assert(entry->slab == slab && slab_bits_are(slab->busy, start, units, true));
    slab_bits_flip(slab->busy, start, units);
    entry->free += (uint16_t)units;
    entry->run = entry->free;
    entry->low = start < entry->low ? (uint16_t)start : entry->low;
    depot->units -= units;
}

/* Empties the magazine into the bitmaps and keeps it. */
static void drain_magazine(struct slab_depot *depot, struct magazine *magazine, unsigned units)
{
    while (magazine->count > 0)
        slab_put_chunk(depot, magazine->rounds[--magazine->count], units);
    magazine->next = depot->empty;
    depot->empty = magazine;
}

/* Drains `count` full magazines of the class. */
static void drain_class(struct slab_depot *depot, unsigned units, unsigned count)
{
    struct depot_class *c = &depot->classes[units];
    for (; count > 0; count--) {
        struct magazine *magazine = c->full;
        c->full = magazine->next;
        c->fulls--;
        drain_magazine(depot, magazine, units);
    }
    if (c->least > c->fulls)
        c->least = c->fulls;
}

/* True if there was anything to drain. */
static bool drain_all(struct slab_depot *depot)
{
    bool any = false;
    for (unsigned units = 1; units < CLASSES; units++) {
        any |= depot->classes[units].fulls > 0;
        drain_class(depot, units, depot->classes[units].fulls);
    }
    return any;
}

static void *slab_take_chunk(struct slab_depot *depot, unsigned units)
{
    for (;;) {
        struct slab_entry *entry = fullest_slab(depot, units);
        if (!entry && drain_all(depot))
            continue;
        if (!entry && !(entry = slab_new(depot)))
            return NULL;
        entry->low = (uint16_t)slab_bits_skip(entry->slab->busy, entry->low, true);
        unsigned start = slab_bits_find(entry->slab->busy, entry->low, units);
        if (start == 0) {
            entry->run = (uint16_t)(units - 1);
            continue;
        }
        slab_bits_flip(entry->slab->busy, start, units);
        entry->free -= (uint16_t)units;
        entry->stamped = false;
        depot->units += units;
        depot->taken += units;
        return (char *)entry->slab + (size_t)start * SLAB_CHUNK_UNIT;
    }
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

/* Both magazines of the class are empty: brings one that is not, or nothing if memory is out. */
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
    for (unsigned wanted = rounds_of(units) / 2; magazine->count < wanted; magazine->count++) {
        magazine->rounds[magazine->count] = slab_take_chunk(depot, units);
        if (!magazine->rounds[magazine->count])
            break;
    }
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
        drain_magazine(depot, c->loaded, units);
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

static bool load_slow(struct slab_cache *cache, struct cache_class *c, unsigned units)
{
    if (!c->loaded)
        cache_class_init(cache->depot, c);
    swap_magazines(c);
    if (c->loaded->count > 0)
        return true;
    pthread_mutex_lock(&cache->depot->lock);
    refill(cache->depot, c, units);
    pthread_mutex_unlock(&cache->depot->lock);
    return c->loaded->count > 0;
}

static void unload_slow(struct slab_cache *cache, struct cache_class *c, unsigned units)
{
    if (!c->loaded) {
        cache_class_init(cache->depot, c);
        return;
    }
    swap_magazines(c);
    if (c->loaded->count < rounds_of(units))
        return;
    pthread_mutex_lock(&cache->depot->lock);
    unload(cache->depot, c, units);
    pthread_mutex_unlock(&cache->depot->lock);
}

/* Public */

struct slab_depot *slab_depot_new(bool fixed_addresses, struct fault_plan *fault)
{
    if (fault_hit(fault, FAULT_MALLOC))
        return NULL;
    struct slab_depot *depot = calloc(1, sizeof(*depot));
    if (!depot)
        return NULL;
    slab_large_init(&depot->large, fixed_addresses, fault);
    depot->fault = fault;
    depot->fixed = fixed_addresses;
    pthread_mutex_init(&depot->lock, NULL);
    return depot;
}

void slab_depot_free(struct slab_depot *depot)
{
    drain_all(depot);
    for (unsigned i = 0; i < depot->count; i++)
        if (depot->entries[i].slab)
            slab_unmap_entry(depot, &depot->entries[i]);
    while (depot->empty) {
        struct magazine *magazine = depot->empty;
        depot->empty = magazine->next;
        free(magazine);
    }
    slab_large_destroy(&depot->large);
    pthread_mutex_destroy(&depot->lock);
    free(depot->entries);
    free(depot);
}

bool slab_depot_is_fixed(const struct slab_depot *depot)
{
    return depot->fixed;
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
        drain_magazine(depot, c->loaded, units);
        drain_magazine(depot, c->spare, units);
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

void *slab_alloc(struct slab_cache *cache, size_t size)
{
    unsigned units = class_of(size);
    struct cache_class *c = &cache->classes[units];
    if (unlikely(!c->loaded || c->loaded->count == 0) && !load_slow(cache, c, units))
        return NULL;
    void *chunk = c->loaded->rounds[--c->loaded->count];
    slab_unpoison(chunk, (size_t)units * SLAB_CHUNK_UNIT);
    return chunk;
}

void slab_free(struct slab_cache *cache, void *chunk, size_t size)
{
    unsigned units = class_of(size);
    struct cache_class *c = &cache->classes[units];
    if (unlikely(!c->loaded || c->loaded->count == rounds_of(units)))
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

void slab_depot_stats(struct slab_depot *depot, struct slab_stats *out)
{
    pthread_mutex_lock(&depot->lock);
    uint64_t units = depot->units;
    for (unsigned u = 1; u < CLASSES; u++)
        units -= (size_t)depot->classes[u].fulls * rounds_of(u) * u;
    out->used = units * SLAB_CHUNK_UNIT;
    out->mapped = (size_t)depot->slabs * SLAB_SIZE;
    out->heads = out->mapped / SLAB_SIZE * HEAD_UNITS * SLAB_CHUNK_UNIT;
    out->taken = depot->taken * SLAB_CHUNK_UNIT + slab_large_taken(&depot->large);
    out->released = depot->released * SLAB_SIZE;
    pthread_mutex_unlock(&depot->lock);
    out->large = slab_large_bytes(&depot->large);
}

void slab_depot_trim(struct slab_depot *depot, uint64_t now_ns)
{
    pthread_mutex_lock(&depot->lock);
    for (unsigned units = 1; units < CLASSES; units++) {
        struct depot_class *c = &depot->classes[units];
        drain_class(depot, units, c->least);
        c->least = c->fulls;
    }
    for (unsigned i = 0; i < depot->count; i++) {
        struct slab_entry *entry = &depot->entries[i];
        if (!entry->slab || entry->free < FREE_UNITS)
            continue;
        if (!entry->stamped) {
            entry->stamped = true;
            entry->stamp_ns = now_ns;
        } else if (now_ns - entry->stamp_ns >= EMPTY_NS) {
            slab_unmap_entry(depot, entry);
        }
    }
    pthread_mutex_unlock(&depot->lock);
}
