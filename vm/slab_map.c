/* SPDX-License-Identifier: MIT */
/*
 * slab_map: the mmap calls of the memory modules. Nothing is reserved from swap, for slabs are mapped well before they
 * are used up.
 */
#include "vm/slab_map.h"

#include <errno.h>
#include <sys/mman.h>

#include "vm/slab_asan.h"

enum { MAP_HOW = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE };

void *slab_map(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_HOW, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void *slab_map_at(uint64_t address, size_t size)
{
    void *want = (void *)(uintptr_t)address;
    void *memory = mmap(want, size, PROT_READ | PROT_WRITE, MAP_HOW | MAP_FIXED_NOREPLACE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    if (memory == want)
        return memory;
    munmap(memory, size);
    errno = EEXIST;
    return NULL;
}

void *slab_map_aligned(size_t size)
{
    char *memory = slab_map(2 * size);
    if (!memory)
        return NULL;
    size_t before = -(uintptr_t)memory & (size - 1);
    if (before > 0)
        munmap(memory, before);
    munmap(memory + before + size, size - before);
    return memory + before;
}

void slab_unmap(void *memory, size_t size)
{
    slab_unmap_used(memory, size, size);
}

void slab_unmap_used(void *memory, size_t size, size_t used)
{
    slab_unpoison(memory, used); /* or whoever is mapped there next inherits the poison */
    munmap(memory, size);
}
