/* SPDX-License-Identifier: MIT */
/*
 * slab_map: where the memory of slabs, large blocks and templates lies in the address space. The fixed areas are
 * between program and shared libraries, in a range that is free under the sanitizers too.
 */
#ifndef VM_SLAB_MAP_H
#define VM_SLAB_MAP_H

#include <stddef.h>
#include <stdint.h>

/* Slabs and large blocks of seeded mode; the regions in which templates are built. */
#define SLAB_AREA_CHUNKS UINT64_C(0x560000000000)
#define SLAB_AREA_LARGE UINT64_C(0x562000000000)
#define SLAB_AREA_TEMPLATES UINT64_C(0x564000000000)
#define SLAB_AREA_END UINT64_C(0x568000000000)

/* Fresh zeroed memory of whole pages anywhere. NULL when there is none. */
void *slab_map(size_t size);

/* The same exactly at `address`. NULL with errno EEXIST if something else is mapped there. */
void *slab_map_at(uint64_t address, size_t size);

/* The same at a multiple of `size` (a power of two). */
void *slab_map_aligned(size_t size);

void slab_unmap(void *memory, size_t size);

/* The same where nothing past the first `used` bytes was ever poisoned: the shadow of what was never used is not touched. */
void slab_unmap_used(void *memory, size_t size, size_t used);

#endif
