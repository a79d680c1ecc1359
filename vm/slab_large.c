/* SPDX-License-Identifier: MIT */
/*
 * slab_large: see the header. Seeded mode keeps the used extents of its area in an array ordered by address and takes
 * the first gap that is wide enough; a place where something foreign is mapped is stepped over.
 */
#include "vm/slab_large.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sched/base/fault.h"
#include "vm/slab_asan.h"
#include "vm/slab_map.h"

/* The thread sanitizer does not see mremap: it takes the next user of the pages for a race with the last one. */
#if defined(__SANITIZE_THREAD__)
enum { WITHOUT_MREMAP = 1 };
#elif defined(__has_feature)
enum { WITHOUT_MREMAP = __has_feature(thread_sanitizer) };
#else
enum { WITHOUT_MREMAP = 0 };
#endif

enum { PAGE = 4096, MAPPED_MIN = 128 * 1024, FOREIGN_STEP = 2 << 20 };

struct slab_extent {
    uint64_t start, size;
};

static size_t whole_pages(size_t size)
{
    return (size + PAGE - 1) & ~(size_t)(PAGE - 1);
}

/* What a block of `size` bytes really takes. */
static size_t footprint(const struct slab_large *large, size_t size)
{
    return large->fixed || size >= MAPPED_MIN ? whole_pages(size) : size;
}

static bool extents_reserve(struct slab_large *large)
{
    if (large->count < large->capacity)
        return true;
    size_t capacity = large->capacity ? 2 * large->capacity : 64;
    struct slab_extent *grown = realloc(large->extents, capacity * sizeof(*grown));
    if (!grown)
        return false;
    large->extents = grown;
    large->capacity = capacity;
    return true;
}

/*
 * Index of the first extent behind the first gap of `size` bytes at or above `*start`, which becomes the start of the
 * gap.
 */
static size_t find_gap(const struct slab_large *large, uint64_t *start, size_t size)
{
    size_t i = 0;
    for (; i < large->count; i++) {
        const struct slab_extent *used = &large->extents[i];
        if (used->start >= *start && used->start - *start >= size)
            break;
        if (used->start + used->size > *start)
            *start = used->start + used->size;
    }
    return i;
}

/* Locked. */
static void *take_fixed(struct slab_large *large, size_t size)
{
    if (!extents_reserve(large))
        return NULL;
    uint64_t start = SLAB_AREA_LARGE;
    while (start < SLAB_AREA_TEMPLATES) {
        size_t i = find_gap(large, &start, size);
        if (start + size > SLAB_AREA_TEMPLATES)
            return NULL;
        void *block = slab_map_at(start, size);
        if (block) {
            memmove(&large->extents[i + 1], &large->extents[i], (large->count - i) * sizeof(large->extents[0]));
            large->extents[i] = (struct slab_extent){start, size};
            large->count++;
            return block;
        }
        if (errno != EEXIST)
            return NULL;
        start += FOREIGN_STEP;
    }
    return NULL;
}

/* Locked. */
static void give_fixed(struct slab_large *large, void *block, size_t size)
{
    size_t low = 0, high = large->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (large->extents[middle].start < (uintptr_t)block)
            low = middle + 1;
        else
            high = middle;
    }
    assert(low < large->count && large->extents[low].start == (uintptr_t)block && large->extents[low].size == size);
    large->count--;
    memmove(&large->extents[low], &large->extents[low + 1], (large->count - low) * sizeof(large->extents[0]));
    slab_unmap(block, size);
}

static void *take(struct slab_large *large, size_t size)
{
    if (!large->fixed)
        return size >= MAPPED_MIN ? slab_map(whole_pages(size)) : malloc(size);
    pthread_mutex_lock(&large->lock);
    void *block = take_fixed(large, whole_pages(size));
    pthread_mutex_unlock(&large->lock);
    return block;
}

static void give(struct slab_large *large, void *block, size_t size)
{
    if (large->fixed) {
        pthread_mutex_lock(&large->lock);
        give_fixed(large, block, whole_pages(size));
        pthread_mutex_unlock(&large->lock);
    } else if (size >= MAPPED_MIN) {
        slab_unmap(block, whole_pages(size));
    } else {
        free(block);
    }
}

static void *take_moved(struct slab_large *large, void *block, size_t old_size, size_t new_size)
{
    void *moved = take(large, new_size);
    if (!moved)
        return NULL;
    memcpy(moved, block, old_size < new_size ? old_size : new_size);
    give(large, block, old_size);
    return moved;
}

static void *resize(struct slab_large *large, void *block, size_t old_size, size_t new_size)
{
    bool was_mapped = large->fixed || old_size >= MAPPED_MIN;
    bool is_mapped = large->fixed || new_size >= MAPPED_MIN;
    if (was_mapped && is_mapped && whole_pages(old_size) == whole_pages(new_size))
        return block;
    if (large->fixed || was_mapped != is_mapped || (is_mapped && WITHOUT_MREMAP))
        return take_moved(large, block, old_size, new_size);
    if (!is_mapped)
        return realloc(block, new_size);
    void *moved = mremap(block, whole_pages(old_size), whole_pages(new_size), MREMAP_MAYMOVE);
    return moved == MAP_FAILED ? NULL : moved;
}

void slab_large_init(struct slab_large *large, bool fixed, struct fault_plan *fault)
{
    *large = (struct slab_large){.fixed = fixed, .fault = fault};
    pthread_mutex_init(&large->lock, NULL);
}

void slab_large_destroy(struct slab_large *large)
{
    pthread_mutex_destroy(&large->lock);
    free(large->extents);
}

void *slab_large_alloc(struct slab_large *large, size_t size)
{
    if (size > PTRDIFF_MAX - PAGE || fault_hit(large->fault, FAULT_SLAB))
        return NULL;
    void *block = take(large, size);
    if (block) {
        atomic_fetch_add_explicit(&large->bytes, footprint(large, size), memory_order_relaxed);
        atomic_fetch_add_explicit(&large->taken, size, memory_order_relaxed);
    }
    return block;
}

void *slab_large_realloc(struct slab_large *large, void *block, size_t old_size, size_t new_size)
{
    if (new_size > PTRDIFF_MAX - PAGE || (new_size > old_size && fault_hit(large->fault, FAULT_SLAB)))
        return NULL;
    void *moved = resize(large, block, old_size, new_size);
    if (moved)
        atomic_fetch_add_explicit(&large->bytes, footprint(large, new_size) - footprint(large, old_size),
                                  memory_order_relaxed);
    if (moved && new_size > old_size)
        atomic_fetch_add_explicit(&large->taken, new_size - old_size, memory_order_relaxed);
    return moved;
}

void slab_large_free(struct slab_large *large, void *block, size_t size)
{
    atomic_fetch_sub_explicit(&large->bytes, footprint(large, size), memory_order_relaxed);
    give(large, block, size);
}
