/* SPDX-License-Identifier: MIT */
/*
 * heap_big: where a heap gets its memory: chunks within the limit, and the big blocks, each a chunk or a large block of
 * its own in a list that heap_drop walks.
 */
#include "vm/heap_layout.h"

enum { RESERVE = 8 << 20 /* granted over 5/4 of the limit */ };

/* Bytes a request for `size` really takes. */
size_t heap_chunk_size(size_t size)
{
    return size <= SLAB_CHUNK_MAX ? heap_kb_up(size) : size;
}

void *heap_chunk_take(struct slab_cache *cache, size_t size)
{
    return size <= SLAB_CHUNK_MAX ? slab_alloc(cache, size) : slab_alloc_large(slab_cache_depot(cache), size);
}

void heap_chunk_give(struct slab_cache *cache, void *chunk, size_t size)
{
    slab_unpoison(chunk, size);
    if (size <= SLAB_CHUNK_MAX)
        slab_free(cache, chunk, size);
    else
        slab_free_large(slab_cache_depot(cache), chunk, size);
}

/* Limit */

/* The most that is granted. */
static size_t hard_limit(const struct heap *heap)
{
    size_t more = heap->limit / 4 + RESERVE;
    return heap->limit > SIZE_MAX - more ? SIZE_MAX : heap->limit + more;
}

void heap_set_limit(struct heap *heap, size_t limit, heap_pressure_f pressure)
{
    heap->limit = limit;
    heap->pressure = pressure;
    heap->over = false;
    heap->relief = 0;
    heap->watch = limit == SIZE_MAX ? SIZE_MAX : limit - limit / 8;
}

size_t heap_limit(const struct heap *heap)
{
    return heap->limit;
}

static void report_over(struct heap *heap)
{
    if (heap->over || heap->limit == SIZE_MAX)
        return;
    heap->over = true;
    heap->watch = hard_limit(heap);
    heap->relief = 0;
    heap->pressure(heap_user(heap), HEAP_OVER);
}

/* `used` is above `watch`. False if that much is not granted. */
bool heap_press(struct heap *heap, size_t used)
{
    if (used > heap->limit) {
        report_over(heap);
        return used <= hard_limit(heap);
    }
    size_t step = heap->limit / 64;
    heap->watch = heap->limit - used < step ? heap->limit : used + step;
    heap->relief = heap->limit - heap->limit / 8 - step;
    heap->pressure(heap_user(heap), HEAP_COLLECT);
    return true;
}

/* Memory of `size` bytes more from the slabs; NULL when memory is out or the limit is reached. */
void *heap_reserve(struct heap *heap, size_t size)
{
    if (!heap->cache)
        return NULL;
    heap_reclaim_if_due(heap);
    if (heap->reserved + size > hard_limit(heap) && !heap->over)
        heap_reclaim_some(heap);
    if (heap->reserved + size > hard_limit(heap)) {
        report_over(heap);
        return NULL;
    }
    void *chunk = heap_chunk_take(heap->cache, size);
    if (chunk)
        heap->reserved += size;
    return chunk;
}

void heap_unreserve(struct heap *heap, void *chunk, size_t size)
{
    heap->reserved -= size;
    heap_chunk_give(heap->cache, chunk, size);
}

/* Big blocks */

static void big_link(struct heap *heap, struct heap_big *big)
{
    big->prev = NULL;
    big->next = heap->bigs;
    if (big->next)
        big->next->prev = big;
    heap->bigs = big;
}

static void big_unlink(struct heap *heap, struct heap_big *big)
{
    if (big->next)
        big->next->prev = big->prev;
    if (big->prev)
        big->prev->next = big->next;
    else
        heap->bigs = big->next;
}

void *heap_big_take(struct heap *heap, size_t size)
{
    size_t whole = heap_chunk_size(size + sizeof(struct heap_big));
    struct heap_big *big = heap_reserve(heap, whole);
    if (!big)
        return NULL;
    big->size = whole;
    big_link(heap, big);
    return big + 1;
}

void heap_big_give(struct heap *heap, void *block)
{
    struct heap_big *big = (struct heap_big *)block - 1;
    big_unlink(heap, big);
    heap_unreserve(heap, big, big->size);
}

/* A big block made another big size without a copy by us; NULL if it must be copied or memory is out. */
void *heap_big_resize(struct heap *heap, void *block, size_t size)
{
    struct heap_big *big = (struct heap_big *)block - 1;
    size_t whole = heap_chunk_size(size + sizeof(*big)), old = big->size;
    if (whole == old)
        return block;
    if (whole <= SLAB_CHUNK_MAX || old <= SLAB_CHUNK_MAX)
        return NULL;
    if (whole > old && heap->reserved + (whole - old) > hard_limit(heap)) {
        report_over(heap);
        return NULL;
    }
    big_unlink(heap, big);
    struct heap_big *moved = slab_realloc_large(slab_cache_depot(heap->cache), big, old, whole);
    if (moved) {
        heap->reserved += whole - old;
        moved->size = whole;
    }
    big_link(heap, moved ? moved : big);
    return moved ? moved + 1 : NULL;
}
