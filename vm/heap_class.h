/* SPDX-License-Identifier: MIT */
/* heap_class: the size classes of a heap's blocks, for the heap_ files only. */
#ifndef VM_HEAP_CLASS_H
#define VM_HEAP_CLASS_H

#include <stddef.h>

/* Classes: steps of 8 bytes to HEAP_EXACT_MAX, of 16 to 256, then four per doubling. */
enum {
    HEAP_EXACT_MAX = 128,
    HEAP_LISTED_MAX = 256, /* larger small blocks have their lists outside of struct heap */
    HEAP_SMALL_MAX = 4096, /* larger blocks are a chunk or a large block of their own */
    HEAP_CLASS_16 = 16,
    HEAP_CLASS_4 = 24,
    HEAP_CLASSES = 40,
    HEAP_LARGE = HEAP_CLASS_4, /* the first class above HEAP_LISTED_MAX */
    HEAP_LARGES = HEAP_CLASSES - HEAP_LARGE,
    HEAP_FREED_SIZE = HEAP_LARGE * sizeof(void *), /* bytes of the lists of freed blocks */
};

static inline size_t heap_round8(size_t size)
{
    return (size + 7) & ~(size_t)7;
}

/* The class of blocks of `size` bytes, 1..HEAP_SMALL_MAX. */
static inline unsigned heap_class(size_t size)
{
    if (size <= HEAP_EXACT_MAX)
        return (unsigned)(size - 1) / 8;
    if (size <= 256)
        return HEAP_CLASS_16 + (unsigned)(size - HEAP_EXACT_MAX - 1) / 16;
    unsigned log = 63 - (unsigned)__builtin_clzll(size - 1);
    return HEAP_CLASS_4 + (log - 8) * 4 + ((unsigned)((size - 1) >> (log - 2)) & 3);
}

/* Bytes of the blocks of a class. */
static inline size_t heap_class_size(unsigned kind)
{
    if (kind < HEAP_CLASS_16)
        return (kind + 1) * 8;
    if (kind < HEAP_CLASS_4)
        return HEAP_EXACT_MAX + (kind - HEAP_CLASS_16 + 1) * 16;
    unsigned log = 8 + (kind - HEAP_CLASS_4) / 4;
    return ((size_t)1 << log) + ((size_t)((kind - HEAP_CLASS_4) % 4 + 1) << (log - 2));
}

#endif
