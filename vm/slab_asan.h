/* SPDX-License-Identifier: MIT */
/*
 * slab_asan: tells AddressSanitizer which bytes of slabs and heaps are free. In other builds everything here is
 * nothing. A free block stays poisoned as a whole, its link included: slab_peek and slab_poke reach the link all the
 * same.
 */
#ifndef VM_SLAB_ASAN_H
#define VM_SLAB_ASAN_H

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define SLAB_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLAB_ASAN 1
#endif
#endif

#ifdef SLAB_ASAN
#include <sanitizer/asan_interface.h>
#define SLAB_NO_ASAN __attribute__((no_sanitize_address))
#define slab_poison(block, size) __asan_poison_memory_region((block), (size))
#define slab_unpoison(block, size) __asan_unpoison_memory_region((block), (size))
#define slab_is_poisoned(block) (__asan_address_is_poisoned(block) != 0)
#else
#define SLAB_NO_ASAN
#define slab_poison(block, size) ((void)(block), (void)(size))
#define slab_unpoison(block, size) ((void)(block), (void)(size))
#define slab_is_poisoned(block) ((void)(block), 0)
#endif

/* The first word of a free block: its link to the next one. */
SLAB_NO_ASAN static inline void *slab_peek(const void *block)
{
    return *(void *const *)block;
}

SLAB_NO_ASAN static inline void slab_poke(void *block, void *next)
{
    *(void **)block = next;
}

#endif
