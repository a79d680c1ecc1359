/* SPDX-License-Identifier: MIT */
/*
 * slab_large: the large blocks of a depot, on any thread. Blocks of 128 KB and more are mappings of their own, so that
 * they grow by moving pages; smaller ones come from malloc. In seeded mode all are mapped first fit in an area of their
 * own, because addresses decide the order of tables with objects as keys.
 */
#ifndef VM_SLAB_LARGE_H
#define VM_SLAB_LARGE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault_plan;

struct slab_extent;

struct slab_large {
    struct fault_plan *fault;
    _Atomic size_t bytes;   /* of all blocks, in whole pages where they are mapped */
    _Atomic uint64_t taken; /* bytes of all blocks ever made, by what they were made or grown to */
    bool fixed;
    pthread_mutex_t lock;        /* guards the rest, which only seeded mode uses; no other lock is taken inside */
    struct slab_extent *extents; /* used parts of the area, by address */
    size_t count, capacity;
};

void slab_large_init(struct slab_large *large, bool fixed, struct fault_plan *fault);
void slab_large_destroy(struct slab_large *large);

void *slab_large_alloc(struct slab_large *large, size_t size);
/* NULL when memory is out; the block is then as it was. */
void *slab_large_realloc(struct slab_large *large, void *block, size_t old_size, size_t new_size);
void slab_large_free(struct slab_large *large, void *block, size_t size);

static inline size_t slab_large_bytes(const struct slab_large *large)
{
    return atomic_load_explicit(&large->bytes, memory_order_relaxed);
}

static inline uint64_t slab_large_taken(const struct slab_large *large)
{
    return atomic_load_explicit(&large->taken, memory_order_relaxed);
}

#endif
