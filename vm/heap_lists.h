/* SPDX-License-Identifier: MIT */
/* heap_lists: the lists of the free blocks of a heap, for the heap_ files only. */
#ifndef VM_HEAP_LISTS_H
#define VM_HEAP_LISTS_H

#include "vm/heap_layout.h"

/* The free list of a class. */
static inline void **heap_list(struct heap *heap, unsigned kind)
{
    return kind < HEAP_LARGE ? &heap->free[kind] : &heap->large[kind - HEAP_LARGE];
}

/* True if the list of the class has no place yet. */
static inline bool heap_lacks_list(const struct heap *heap, unsigned kind)
{
    return kind >= HEAP_LARGE && heap->large == heap_no_large;
}

/* Does the heap keep what is freed apart? */
static inline bool heap_is_split(const struct heap *heap)
{
    return heap->freed != heap->free;
}

static inline void heap_push_free(void **list, void *block, size_t size)
{
    slab_poke(block, *list);
    *list = block;
    slab_poison(block, size);
}

/* The next block of the list, which must not be empty; as poisoned as it was. */
static inline void *heap_pop_free(void **list)
{
    void *block = *list;
    *list = slab_peek(block);
    __builtin_prefetch(*list, 1); /* in a large heap it has left the caches by the time it is wanted */
    return block;
}

/* The next `size` bytes of the bump area, NULL: it has no room for them. */
static inline void *heap_take_bump(struct heap *heap, size_t size)
{
    char *block = heap->bump;
    if ((size_t)(heap->end - block) < size)
        return NULL;
    heap->bump = block + size;
    return block;
}

#endif
