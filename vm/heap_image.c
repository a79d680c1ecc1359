/* SPDX-License-Identifier: MIT */
/* heap_image: heaps that begin with an image. See heap.h. */
#include <string.h>

#include "sched/base/compiler.h"
#include "sched/base/fault.h"
#include "vm/heap_lists.h"

/* The bytes of the first chunk of a heap with that image. */
static size_t image_chunk(const struct heap_image *image)
{
    size_t end = heap_user_offset() + image->size, size = image->first_size > end ? image->first_size : end;
    return size <= SLAB_CHUNK_MAX ? (size + SLAB_CHUNK_UNIT - 1) & ~(size_t)(SLAB_CHUNK_UNIT - 1) : size;
}

size_t heap_image_room(const struct heap_image *image)
{
    return image_chunk(image);
}

struct heap *heap_image_take(struct slab_cache *cache, const struct heap_image *image, struct fault_plan *fault)
{
    return fault_hit(fault, FAULT_HEAP) ? NULL : heap_chunk_take(cache, image_chunk(image));
}

static void begin_image(struct heap *heap, struct heap *at, struct slab_cache *cache, const struct heap_image *image,
                        struct fault_plan *fault)
{
    size_t end = heap_user_offset() + image->size;
    heap_init_head(heap, at, cache, image_chunk(image), fault);
    heap->lent = image->lent;
    heap->image_end = (uint32_t)end;
    heap->used = image->live;
    heap->shared = (uintptr_t)image->shared;
    heap->shared_size = (uint32_t)image->shared_size;
    heap->cold_from = (uint32_t)image->cold_from;
    heap->cold_to = (uint32_t)image->cold_to;
    heap->bump = (char *)at + end;
}

void heap_image_begin(struct heap *heap, struct slab_cache *cache, const struct heap_image *image,
                      struct fault_plan *fault)
{
    begin_image(heap, heap, cache, image, fault);
    slab_poison(heap->bump, (size_t)(heap->end - heap->bump));
}

void heap_image_sketch(void *copy, struct heap *at, struct slab_cache *cache, const struct heap_image *image,
                       struct fault_plan *fault)
{
    begin_image(copy, at, cache, image, fault);
}

void heap_image_again(struct heap *heap, const void *copy, size_t size)
{
    memcpy(heap, copy, heap_user_offset() + size);
    slab_poison(heap->bump, (size_t)(heap->end - heap->bump));
}

bool heap_is_lent(const struct heap *heap)
{
    return heap->lent;
}

bool heap_is_movable(const struct heap *heap)
{
    return heap->lent && !heap->chunks && !heap->bigs && heap->freed == heap->free;
}

size_t heap_room(const struct heap *heap)
{
    return heap->first_size;
}

size_t heap_image_end(const struct heap *heap)
{
    return heap->image_end;
}

/* Fresh memory may be a freed block, with others in use behind it, or begin in the image. */
size_t heap_end(const struct heap *heap)
{
    size_t room = heap->first_size & ~(size_t)7;
    if (heap->end != (const char *)heap + room)
        return room;
    size_t end = (size_t)(heap->bump - (const char *)heap);
    return end > heap->image_end ? end : heap->image_end;
}

static void wipe(void *memory, size_t size)
{
    slab_unpoison(memory, size);
    memset(memory, 0, size);
    slab_poison(memory, size);
}

void heap_wipe(struct heap *heap)
{
    for (unsigned kind = 0; kind < HEAP_CLASSES; kind++)
        for (char *block = *heap_list(heap, kind); block; block = slab_peek(block))
            wipe(block + sizeof(void *), heap_class_size(kind) - sizeof(void *));
    if (heap->bump)
        wipe(heap->bump, (size_t)(heap->end - heap->bump));
}
