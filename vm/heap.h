/* SPDX-License-Identifier: MIT */
/*
 * heap: the memory of one Lua state. Size classes over chunks; the first chunk holds the heap itself, then `user` bytes
 * for its owner (struct state), then Lua objects. Dropping a heap frees chunks, not objects: lua_close is never called.
 *
 * Limit. The allocator does not refuse at the limit, for a refusal could be caught. At 7/8 of it `pressure` is called
 * with HEAP_COLLECT (at most once per further 1/64 of the limit), over it with HEAP_OVER (once); it still grants up to
 * a quarter of the limit plus 8 MB more and returns NULL only beyond that. heap_reserved is held below the same mark.
 * `pressure` must not allocate from the heap.
 *
 * One thread at a time: whoever runs the process. The heap is on the move between workers, so the cache it takes chunks
 * from is set at each slice start (heap_enter).
 */
#ifndef VM_HEAP_H
#define VM_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sched/base/compiler.h"

struct fault_plan;
struct heap;
struct slab_cache;

enum heap_pressure { HEAP_COLLECT, HEAP_OVER };
typedef void (*heap_pressure_f)(void *user, enum heap_pressure what);

/* An empty heap with `user` zeroed bytes behind it; first_size: bytes of the first chunk. NULL when memory is out. */
struct heap *heap_new(struct slab_cache *cache, size_t user, size_t first_size, struct fault_plan *fault);

/*
 * Frees all chunks to `cache`. In slices: frees at most `max_chunks` large blocks and chunks, false while more are
 * left.
 */
bool heap_drop(struct heap *heap, struct slab_cache *cache, unsigned max_chunks);

/* The chunk source of the coming slice. */
void heap_enter(struct heap *heap, struct slab_cache *cache);

void *heap_user(struct heap *heap);
struct heap *heap_of_user(void *user);

/* The lua_Alloc; ud is the struct heap. Blocks are aligned to 8 bytes. */
void *heap_alloc(void *ud, void *block, size_t old_size, size_t new_size);

void heap_set_limit(struct heap *heap, size_t limit, heap_pressure_f pressure);
size_t heap_limit(const struct heap *heap);

/*
 * True once a block that may be the stack of a coroutine has been resized: call frames may still point to the old place, which may not be
 * mapped any more or hold something else, so no signal handler may walk it. Until somebody who runs between two of Lua's instructions says heap_settled.
 */
bool heap_is_moving(const struct heap *heap);
void heap_settled(struct heap *heap);

/* Bytes of live blocks plus charges; and bytes taken from the slabs. */
size_t heap_used(const struct heap *heap);
size_t heap_reserved(const struct heap *heap);

/* Bytes of the first chunk with which the heap would not have needed others, roughly; exact if it has no others. */
size_t heap_extent(const struct heap *heap);

/* What running code will want of a heap, in cache lines from its start: to `cold_from`, and from `cold_to` to `end`. */
struct heap_hot {
    uint16_t cold_from, cold_to, end;
};

struct heap_hot heap_hot(const struct heap *heap);

/* Fetches that into the second-level cache. The heap is not looked at, and may be gone. */
static inline void heap_fetch(const struct heap *heap, struct heap_hot hot)
{
    prefetch_area_later(heap, (size_t)hot.cold_from * CACHE_LINE);
    prefetch_area_later((const char *)heap + (size_t)hot.cold_to * CACHE_LINE,
                        (size_t)(hot.end - hot.cold_to) * CACHE_LINE);
}

/*
 * What is known of an immutable thing in a live block of the heap, a string: found by its address as long as that block lives. The heap has one such
 * note; a new one takes its place. heap_noted: 0 if there is none of that address.
 */
void heap_note(struct heap *heap, const void *at, uint64_t what);
uint64_t heap_noted(const struct heap *heap, const void *at);

/* Counts memory outside the heap that an object of it keeps alive (message buffers). May be negative. */
void heap_charge(struct heap *heap, ptrdiff_t bytes);

/*
 * Joins free blocks and gives back the chunks in which no block lives; returns their bytes. Walks all free blocks: for after a full
 * collection of a state that will be idle. Growing does it too when more than a third of a heap is free.
 */
size_t heap_reclaim(struct heap *heap);

/* What the first chunk of a clone begins with (for template.c). */
struct heap_image {
    size_t size;               /* user area, then blocks, each rounded up to 8 bytes */
    size_t live;               /* bytes of the blocks */
    size_t cold_from, cold_to; /* offsets from the heap: what is in between is hardly touched when the owner runs */
    size_t first_size;         /* of the first chunk, if that is more than the image needs */
    bool lent;                 /* its memory is the caller's, and heap_drop leaves it */
    const void *shared;        /* memory of the template: blocks in it are never freed */
    size_t shared_size;
};

/*
 * A new heap with an image, in two steps. take: memory for it, which is no heap yet; NULL when memory is out. begin: it is one, with room for the
 * image, which the caller copies to heap_user. again: the same at once, from a copy of heap_user_offset() + size bytes of a heap that was begun
 * in the same place, with the same cache and image, and has not been used when it was copied.
 */
struct heap *heap_image_take(struct slab_cache *cache, const struct heap_image *image, struct fault_plan *fault);
void heap_image_begin(struct heap *heap, struct slab_cache *cache, const struct heap_image *image,
                      struct fault_plan *fault);
void heap_image_again(struct heap *heap, const void *copy, size_t size);

/* The bytes that the first chunk has with that image. */
size_t heap_image_room(const struct heap_image *image);

/* Writes what a heap at `at` begins with, but for the image, to `copy`, which has room for both: the copy that `again` wants. */
void heap_image_sketch(void *copy, struct heap *at, struct slab_cache *cache, const struct heap_image *image,
                       struct fault_plan *fault);

/*
 * For vm/delta.h. Is the memory lent? Is all that the heap has in it? Its bytes; those that the image has; and those behind which nothing is used yet.
 */
bool heap_is_lent(const struct heap *heap);
bool heap_is_movable(const struct heap *heap);
size_t heap_room(const struct heap *heap);
size_t heap_image_end(const struct heap *heap);
size_t heap_end(const struct heap *heap);
/* Clears what freed memory has kept of what it was, of a heap that is movable. */
void heap_wipe(struct heap *heap);

/* The head of a heap in memory of the caller (zeroed): no chunks, and every allocation fails. */
struct heap *heap_init_shell(void *memory);

/* Where the user area begins, and the bytes it takes: blocks begin behind it. */
size_t heap_user_offset(void);
size_t heap_user_size(size_t user);

#endif
