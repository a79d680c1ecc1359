/* SPDX-License-Identifier: MIT */
/*
 * slab_depot: slabs and their chunks.
 *
 * A slab is 2 MB of address space in units of 128 bytes; a chunk is a run of units, found first fit in the slab's
 * bitmap, so no chunk size wastes anything and neighbours merge when they are freed. The first units hold struct slab.
 * Chunks come from the fullest slab that has room, which lets the others run empty.
 *
 * Life of a slab. Mapped, without the depot's lock, when no slab has room and the depot holds no full magazines; the first 16 MB of a depot in
 * normal pages (a small program stays small), later slabs in huge pages (a big one is bound by TLB misses). When its
 * last chunk comes back it is empty; the first slab_depot_trim that sees it so stamps it, and one that finds the stamp
 * a second old unmaps it. Its place in the table, which in seeded mode decides its address, goes to the next slab.
 *
 * I1 A unit is busy in the bitmap iff its chunk is handed out or lies in a magazine.
 * I2 entries[slab->index].slab == slab for every mapped slab; `free` is the number of clear bits of its bitmap.
 * I3 No free run of a slab is longer than its entry's `run`, and none begins before its `low`.
 *
 * A class remembers up to where the slabs had no room for it, as long as nothing comes back: while many heaps are made, slabs fill up one after the
 * other, and hundreds of full ones are not looked at for each chunk.
 */
#include "vm/slab_depot.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "sched/base/compiler.h"
#include "sched/base/fault.h"
#include "sched/base/memory.h"
#include "vm/slab_asan.h"
#include "vm/slab_map.h"

enum {
    SLAB_NORMAL = 8,   /* so many slabs in normal pages */
    SLAB_MOST = 65536, /* slabs of a depot */
};

static const uint64_t EMPTY_NS = 1000000000;

bool slab_depot_is_big(const struct slab_depot *depot)
{
    return depot->slabs >= SLAB_NORMAL;
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

/* Makes a slab of fresh memory, which nobody else knows yet. */
static void prepare_slab(struct slab *slab, bool huge)
{
    madvise(slab, SLAB_SIZE, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    slab_bits_flip(slab->busy, 0, HEAD_UNITS);
    slab_poison((char *)slab + HEAD_UNITS * SLAB_CHUNK_UNIT, FREE_UNITS * SLAB_CHUNK_UNIT);
}

static void adopt_slab(struct slab_depot *depot, struct slab_entry *entry, struct slab *slab)
{
    slab->index = (uint32_t)(entry - depot->entries);
    *entry = (struct slab_entry){.slab = slab, .free = FREE_UNITS, .run = FREE_UNITS, .low = HEAD_UNITS};
    depot->slabs++;
    depot->changes++;
}

bool slab_depot_add_fixed(struct slab_depot *depot)
{
    struct slab_entry *entry;
    while ((entry = vacant_entry(depot)) != NULL) {
        uint64_t index = (uint64_t)(entry - depot->entries);
        struct slab *slab = slab_map_at(SLAB_AREA_CHUNKS + index * SLAB_SIZE, SLAB_SIZE);
        if (slab) {
            prepare_slab(slab, slab_depot_is_big(depot));
            adopt_slab(depot, entry, slab);
            return true;
        }
        if (errno != EEXIST)
            return false;
        entry->foreign = true;
    }
    return false;
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
    struct depot_class *c = &depot->classes[units];
    struct slab_entry *best = NULL;
    unsigned first = depot->count;
    for (unsigned i = c->changes == depot->changes ? c->first : 0; i < depot->count; i++) {
        struct slab_entry *entry = &depot->entries[i];
        if (!entry->slab || entry->free < units || entry->run < units)
            continue;
        if (!best || entry->free < best->free)
            best = entry;
        first = i < first ? i : first;
    }
    c->first = first;
    c->changes = depot->changes;
    return best;
}

static struct slab *slab_of(const void *chunk)
{
    return (struct slab *)((uintptr_t)chunk & ~(uintptr_t)(SLAB_SIZE - 1));
}

static unsigned start_of(const void *chunk)
{
    return (unsigned)((uintptr_t)chunk % SLAB_SIZE / SLAB_CHUNK_UNIT);
}

static void slab_put_chunk(struct slab_depot *depot, void *chunk, unsigned units)
{
    struct slab *slab = slab_of(chunk);
    struct slab_entry *entry = &depot->entries[slab->index];
    unsigned start = start_of(chunk);
    assert(entry->slab == slab && slab_bits_are(slab->busy, start, units, true));
    slab_bits_flip(slab->busy, start, units);
    entry->free += (uint16_t)units;
    entry->run = entry->free;
    entry->low = start < entry->low ? (uint16_t)start : entry->low;
    depot->units -= units;
    depot->changes++;
}

void slab_depot_drain(struct slab_depot *depot, struct magazine *magazine, unsigned units)
{
    for (unsigned i = 0; i < magazine->count; i++) { /* they come from all over: one miss after the other, otherwise */
        struct slab *slab = slab_of(magazine->rounds[i]);
        prefetch_later(&slab->index, sizeof slab->index);
        prefetch_later(&slab->busy[start_of(magazine->rounds[i]) / 64], sizeof slab->busy[0]);
    }
    while (magazine->count > 0)
        slab_put_chunk(depot, magazine->rounds[--magazine->count], units);
    magazine->cold = 0;
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
        slab_depot_drain(depot, magazine, units);
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

/* Chunks of one slab, lowest address first, until the magazine has `wanted`. */
static void fill_from(struct slab_depot *depot, struct slab_entry *entry, struct magazine *magazine, unsigned units,
                      unsigned wanted)
{
    uint64_t *busy = entry->slab->busy;
    entry->low = (uint16_t)slab_bits_skip(busy, entry->low, SLAB_BITS, true);
    entry->stamped = false;
    for (unsigned start = entry->low; magazine->count < wanted && entry->free >= units; start += units) {
        start = slab_bits_find(busy, start, units);
        if (start == 0) {
            entry->run = (uint16_t)(units - 1);
            return;
        }
        slab_bits_flip(busy, start, units);
        entry->free -= (uint16_t)units;
        depot->units += units;
        depot->taken += units;
        magazine->rounds[magazine->count++] = (char *)entry->slab + (size_t)start * SLAB_CHUNK_UNIT;
    }
}

void slab_depot_fill(struct slab_depot *depot, struct magazine *magazine, unsigned units, unsigned wanted)
{
    while (magazine->count < wanted) {
        struct slab_entry *entry = fullest_slab(depot, units);
        if (entry) /* and it stays the fullest */
            fill_from(depot, entry, magazine, units, wanted);
        else if (!drain_all(depot))
            return;
    }
}

bool slab_depot_add(struct slab_depot *depot, bool huge)
{
    struct slab *slab = slab_map_aligned(SLAB_SIZE);
    if (!slab)
        return false;
    prepare_slab(slab, huge);
    pthread_mutex_lock(&depot->lock);
    struct slab_entry *entry = vacant_entry(depot);
    if (entry)
        adopt_slab(depot, entry, slab);
    pthread_mutex_unlock(&depot->lock);
    if (!entry)
        slab_unmap(slab, SLAB_SIZE);
    return entry != NULL;
}

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

void slab_depot_stats(struct slab_depot *depot, struct slab_stats *out)
{
    pthread_mutex_lock(&depot->lock);
    uint64_t units = depot->units;
    for (unsigned u = 1; u < CLASSES; u++)
        units -= (size_t)depot->classes[u].fulls * slab_depot_rounds(u) * u;
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
