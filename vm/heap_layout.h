/* SPDX-License-Identifier: MIT */
/*
 * heap_layout: the structs of a heap, for the heap_ files only.
 *
 * A free block is poisoned, its first word links to the next free block of its class. A block in use knows nothing
 * of itself: Lua gives the size back.
 */
#ifndef VM_HEAP_LAYOUT_H
#define VM_HEAP_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/heap.h"
#include "vm/heap_class.h"
#include "vm/slab.h"
#include "vm/slab_asan.h"

enum { HEAP_STACK_MIN = 512 }; /* no stack of a coroutine is smaller: liblua keeps at least 34 slots of 16 bytes */
/*
 * When a heap is reclaimed as it grows: not with less reserved than MIN; after a quarter of growth, or once the slow way of taking a block was gone
 * as often as there were blocks to walk; up to HEAP_FEW, for the sake of memory, COST times as soon. At most BLOCKS are joined then, some milliseconds.
 */
enum { HEAP_RECLAIM_MIN = 16 * 1024, HEAP_RECLAIM_TAKES = 64, HEAP_RECLAIM_COST = 4 };
enum { HEAP_RECLAIM_BLOCKS = 32768, HEAP_FEW = 256 * 1024 /* bytes that a small heap has reserved */ };

struct heap_chunk { /* after the first; small blocks lie behind it */
    struct heap_chunk *next;
    size_t size;
};

/* The head of a block of more than HEAP_SMALL_MAX bytes. */
struct heap_big {
    struct heap_big *next, *prev;
    size_t size; /* of the memory with this head; above SLAB_CHUNK_MAX it is a large block, else a chunk */
};

struct heap {
    char *bump, *end; /* fresh memory in one of the chunks */
    size_t relief;    /* used below this sets watch back; 0: watch is where it starts */
    struct heap_chunk *chunks;
    struct heap_big *bigs;
    size_t reserved; /* bytes of all chunks and big blocks */
    size_t charged;  /* part of used */
    heap_pressure_f pressure;
    uint32_t reclaim_at;    /* growing reclaims when so many KB are reserved and a third is free, */
    uint32_t reclaim_after; /* or after so many slow takes, */
    uint32_t slow_takes;    /* which are counted here since the last time */
    uint32_t first_size : 29;
    bool lent : 1;   /* the first chunk is not from the slabs: see struct heap_image */
    bool moving : 1; /* see heap_is_moving */
    bool over : 1;   /* HEAP_OVER has been reported */
    void **large; /* the lists of the large classes: heap_no_large, or in what was the first large block to be freed */
    void *free[HEAP_LARGE];
    void **freed; /* where small blocks go that are freed: `free`, or lists that take its place when it is used up */
    uintptr_t shared; /* frees in [shared, shared + shared_size) are ignored */
    uint32_t shared_size;
    uint32_t image_end; /* blocks at lower offsets from the heap are packed to 8 bytes, whatever their class */
    struct fault_plan *fault;
    size_t watch; /* used above this goes the slow way */
    /* In the cache line in which the area of the owner begins: what each slice looks at, even one that allocates nothing. */
    size_t used;  /* bytes of live blocks and charges */
    size_t limit; /* SIZE_MAX: none */
    struct slab_cache *cache;
    uintptr_t noted_at; /* see heap_note; 0: nothing */
    uint64_t noted;
    uint32_t cold_from, cold_to; /* see struct heap_image; equal: nothing is known */
};

extern void *const heap_no_large[HEAP_LARGES]; /* all NULL */

/* Chunks after the first one have whole KB, so that few sizes lie in the caches. */
static inline size_t heap_kb_up(size_t size)
{
    return (size + 1023) & ~(size_t)1023;
}

/* heap.c */

/* Writes the head of a heap that is going to be at `at`, with a first chunk of `size` bytes, to `heap`; all but `bump`. */
void heap_init_head(struct heap *heap, struct heap *at, struct slab_cache *cache, size_t size,
                    struct fault_plan *fault);

/* heap_big.c */

/* The bytes that a chunk or large block asked for as `size` has; how it is taken and given back. */
size_t heap_chunk_size(size_t size);
void *heap_chunk_take(struct slab_cache *cache, size_t size);
void heap_chunk_give(struct slab_cache *cache, void *chunk, size_t size);

/* Would be `used` bytes, which is above `watch`: reports that. False if so much is not granted. */
bool heap_press(struct heap *heap, size_t used);

/* A chunk or large block for the heap; NULL when memory is out or the limit is reached. And back. */
void *heap_reserve(struct heap *heap, size_t size);
void heap_unreserve(struct heap *heap, void *chunk, size_t size);

void *heap_big_take(struct heap *heap, size_t size);
void heap_big_give(struct heap *heap, void *block);
/* The block with another big size, not copied by us; NULL if it must be copied or memory is out. */
void *heap_big_resize(struct heap *heap, void *block, size_t size);

/* heap_reclaim.c */

/* heap_reclaim of a bounded number of blocks. */
void heap_reclaim_some(struct heap *heap);
/* The same, if more than a third is free and it is time (HEAP_RECLAIM_…). True if it was. */
bool heap_reclaim_if_due(struct heap *heap);

/* heap_small.c */

/* Makes free blocks of [block, block + size); both multiples of 8. */
void heap_carve(struct heap *heap, char *block, size_t size);
/* A block of the class, whose free list is empty. NULL when memory is out. */
void *heap_take_slow(struct heap *heap, unsigned kind);

#endif
