/* SPDX-License-Identifier: MIT */
/*
 * slab: the source of the chunks that Lua heaps are made of. Chunks have a size class (multiples of 128 bytes up to 32 KB);
 * each worker keeps magazines of free chunks and exchanges full and empty ones with a shared depot (Bonwick and Adams,
 * 2001), so a chunk may be freed on any worker. See docs in slab.c for the life of a slab.
 */
#ifndef VM_SLAB_H
#define VM_SLAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault_plan;
struct slab_cache;
struct slab_depot;

enum { SLAB_CHUNK_UNIT = 128, SLAB_CHUNK_MAX = 32 * 1024 };

/*
 * fixed_addresses: seeded mode, slabs are mapped at the same addresses in every run (of the only such depot of the OS
 * process). NULL on failure.
 */
struct slab_depot *slab_depot_new(bool fixed_addresses, struct fault_plan *fault);
/* All caches must be gone. Unmaps everything. */
void slab_depot_free(struct slab_depot *depot);

bool slab_depot_is_fixed(const struct slab_depot *depot);

/* The magazines of one worker (or one other thread); used by one thread at a time. */
struct slab_cache *slab_cache_new(struct slab_depot *depot);
void slab_cache_free(struct slab_cache *cache);
/* Gives all free chunks back to the depot: before a worker goes idle for long. */
void slab_cache_flush(struct slab_cache *cache);
struct slab_depot *slab_cache_depot(const struct slab_cache *cache);

/*
 * A chunk of at least `size` bytes (rounded up to SLAB_CHUNK_UNIT, at most SLAB_CHUNK_MAX), 64-byte aligned; NULL when
 * memory is out.
 */
void *slab_alloc(struct slab_cache *cache, size_t size);
void slab_free(struct slab_cache *cache, void *chunk, size_t size);

/*
 * A block of any size above SLAB_CHUNK_MAX (large table arrays and strings), and its release. Seeded mode:
 * deterministic addresses too.
 */
void *slab_alloc_large(struct slab_depot *depot, size_t size);
void *slab_realloc_large(struct slab_depot *depot, void *block, size_t old_size, size_t new_size);
void slab_free_large(struct slab_depot *depot, void *block, size_t size);

struct slab_stats {
    size_t mapped;     /* bytes of slabs mapped now */
    size_t used;       /* bytes in chunks handed out or kept in caches */
    size_t large;      /* bytes in large blocks */
    size_t heads;      /* bytes of the mapped ones that describe their slab */
    uint64_t taken;    /* bytes of chunks ever taken from slabs, and of large blocks ever made */
    uint64_t released; /* bytes of slabs given back to the system */
};
void slab_depot_stats(struct slab_depot *depot, struct slab_stats *out);

/* Gives back slabs that have been empty for a second; called from an idle worker now and then. */
void slab_depot_trim(struct slab_depot *depot, uint64_t now_ns);

#endif
