/* SPDX-License-Identifier: MIT */
/*
 * heap_small: where the small blocks of a heap come from when the free list of their class is empty: from what was freed since it was
 * filled, from the bump area, from larger free blocks, from a new chunk.
 */
#include <string.h>

#include "vm/heap_lists.h"

enum {
    CHUNK_FRACTION = 8, /* a new chunk is this part of what is reserved */
    BUMP_MIN = 512,     /* the least that is worth being the bump area */
    BUMP_TAKE = 128,    /* bytes of it that count as a slow take */
    CUT_MIN = 32,       /* a larger free block is cut only if as much is left of it */
};

void *const heap_no_large[HEAP_LARGES];

/* Puts the large lists at `block`; returns their size. */
static size_t place_large(struct heap *heap, void *block)
{
    slab_unpoison(block, sizeof(heap_no_large));
    memset(block, 0, sizeof(heap_no_large));
    heap->large = block;
    return sizeof(heap_no_large);
}

void heap_carve(struct heap *heap, char *block, size_t size)
{
    while (size > 0) {
        unsigned kind = size >= HEAP_SMALL_MAX ? HEAP_CLASSES - 1 : heap_class(size);
        if (heap_class_size(kind) > size)
            kind--;
        size_t cut = heap_class_size(kind);
        if (heap_lacks_list(heap, kind))
            cut = place_large(heap, block);
        else
            heap_push_free(heap_list(heap, kind), block, cut);
        block += cut;
        size -= cut;
    }
}

/* The free list of a class, with what was freed since it was used up. */
static void **refilled_list(struct heap *heap, unsigned kind)
{
    void **list = heap_list(heap, kind);
    if (!*list && kind < HEAP_LARGE && heap_is_split(heap)) {
        *list = heap->freed[kind];
        heap->freed[kind] = NULL;
    }
    return list;
}

/* Takes the smallest free block of `least` bytes or more off its list; *size is what it has. NULL: there is none. */
static char *pop_larger(struct heap *heap, size_t least, size_t *size)
{
    unsigned end = heap_lacks_list(heap, HEAP_LARGE) ? HEAP_LARGE : HEAP_CLASSES;
    for (unsigned kind = heap_class(least); kind < end; kind++) {
        void **list = refilled_list(heap, kind);
        if (!*list)
            continue;
        *size = heap_class_size(kind);
        return heap_pop_free(list);
    }
    return NULL;
}

/* Cuts a block of `size` bytes from a free one that leaves a useful rest. */
static void *cut_larger(struct heap *heap, size_t size)
{
    size_t whole;
    char *block = size + CUT_MIN <= HEAP_SMALL_MAX ? pop_larger(heap, size + CUT_MIN, &whole) : NULL;
    if (block)
        heap_carve(heap, block + size, whole - size);
    return block;
}

/* A block of `size` bytes at the start of a new chunk; the longer of the two rests is the new bump area. */
static void *grow(struct heap *heap, size_t size)
{
    size_t lists = heap->reserved > HEAP_FEW && !heap_is_split(heap) ? HEAP_FREED_SIZE : 0;
    size_t wanted = heap_kb_up(heap->reserved / CHUNK_FRACTION);
    if (wanted > SLAB_CHUNK_MAX)
        wanted = SLAB_CHUNK_MAX;
    size_t least = heap_kb_up(size + lists + sizeof(struct heap_chunk));
    if (wanted < least)
        wanted = least;
    struct heap_chunk *chunk = heap_reserve(heap, wanted);
    if (!chunk)
        return NULL;
    *chunk = (struct heap_chunk){.next = heap->chunks, .size = wanted};
    heap->chunks = chunk;
    char *block = (char *)(chunk + 1), *rest = block + size + lists, *end = (char *)chunk + wanted;
    if (lists)
        heap->freed = memset(block + size, 0, lists);
    slab_poison(block, size);
    slab_poison(rest, (size_t)(end - rest));
    if (end - rest >= heap->end - heap->bump) {
        heap_carve(heap, heap->bump, (size_t)(heap->end - heap->bump));
        heap->bump = rest;
        heap->end = end;
    } else {
        heap_carve(heap, rest, (size_t)(end - rest));
    }
    return block;
}

/* Makes a free block the bump area, from which the next takes are cheap too. */
static bool bump_from_list(struct heap *heap, size_t size)
{
    size_t whole;
    char *block = pop_larger(heap, size > BUMP_MIN ? size : BUMP_MIN, &whole);
    if (!block)
        return false;
    heap_carve(heap, heap->bump, (size_t)(heap->end - heap->bump));
    heap->bump = block;
    heap->end = block + whole;
    heap->slow_takes += whole / BUMP_TAKE; /* as if cut one by one */
    return true;
}

void *heap_take_slow(struct heap *heap, unsigned kind)
{
    void **list = refilled_list(heap, kind);
    if (*list)
        return heap_pop_free(list);
    size_t size = heap_class_size(kind);
    void *block = heap_take_bump(heap, size);
    if (block)
        return block;
    if (bump_from_list(heap, size))
        return heap_take_bump(heap, size);
    heap->slow_takes++;
    block = cut_larger(heap, size);
    if (!block && heap_reclaim_if_due(heap))
        block = heap_take_bump(heap, size); /* the longest run */
    return block ? block : grow(heap, size);
}
