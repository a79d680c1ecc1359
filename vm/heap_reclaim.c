/* SPDX-License-Identifier: MIT */
/*
 * heap_reclaim: gives back chunks that hold only free blocks. A block does not know its chunk, so the chunks are sorted
 * by address, the free bytes of each are summed up by a walk of the free lists, and a second walk takes the blocks of
 * the empty ones off the lists.
 *
 * The first chunk stays, and so does the one with the bump area.
 */
#include <stdlib.h>

#include "vm/heap_layout.h"
#include "vm/slab.h"

struct span {
    struct heap_chunk *chunk;
    size_t size; /* of the chunk */
    size_t free; /* bytes in free blocks */
};

struct spans {
    struct span *list; /* by address */
    size_t count;
};

static int compare_spans(const void *a, const void *b)
{
    uintptr_t left = (uintptr_t)((const struct span *)a)->chunk, right = (uintptr_t)((const struct span *)b)->chunk;
    return left < right ? -1 : left > right;
}

static bool collect_spans(const struct heap *heap, struct spans *out)
{
    size_t count = 0;
    for (struct heap_chunk *chunk = heap->chunks; chunk; chunk = chunk->next)
        count++;
    out->count = 0;
    out->list = malloc((count + 1) * sizeof(struct span));
    if (!out->list)
        return false;
    for (struct heap_chunk *chunk = heap->chunks; chunk; chunk = chunk->next)
        out->list[out->count++] = (struct span){.chunk = chunk, .size = chunk->size};
    qsort(out->list, out->count, sizeof(struct span), compare_spans);
    return true;
}

/* The span of the chunk that `block` lies in; NULL: in none of them. */
static struct span *span_of(const struct spans *spans, const void *block)
{
    size_t low = 0, high = spans->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((uintptr_t)spans->list[middle].chunk <= (uintptr_t)block)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    struct span *span = &spans->list[low - 1];
    return (uintptr_t)block - (uintptr_t)span->chunk < span->size ? span : NULL;
}

static void sum_free(struct heap *heap, const struct spans *spans)
{
    for (unsigned kind = 0; kind < HEAP_CLASSES; kind++) {
        for (void *block = *heap_list(heap, kind); block; block = slab_peek(block)) {
            struct span *span = span_of(spans, block);
            if (span)
                span->free += heap_class_size(kind);
        }
    }
}

static bool is_empty(const struct span *span)
{
    return span->free == span->size - sizeof(struct heap_chunk);
}

/* Takes the blocks in empty chunks off the free lists; the order of the others stays. */
static void unlink_blocks(struct heap *heap, const struct spans *spans)
{
    for (unsigned kind = 0; kind < HEAP_CLASSES; kind++) {
        void *last = NULL;
        for (void *block = *heap_list(heap, kind), *next; block; block = next) {
            next = slab_peek(block);
            const struct span *span = span_of(spans, block);
            if (!span || !is_empty(span)) {
                last = block;
                continue;
            }
            if (last)
                slab_poke(last, next);
            else
                *heap_list(heap, kind) = next;
        }
    }
}

static size_t release_chunks(struct heap *heap, const struct spans *spans)
{
    size_t released = 0;
    struct heap_chunk **link = &heap->chunks;
    while (*link) {
        struct heap_chunk *chunk = *link;
        if (!is_empty(span_of(spans, chunk))) {
            link = &chunk->next;
            continue;
        }
        *link = chunk->next;
        released += chunk->size;
        slab_free(heap->cache, chunk, chunk->size);
    }
    heap->reserved -= released;
    return released;
}

size_t heap_reclaim(struct heap *heap)
{
    struct spans spans;
    if (!heap->chunks || !collect_spans(heap, &spans))
        return 0;
    sum_free(heap, &spans);
    unlink_blocks(heap, &spans);
    size_t released = release_chunks(heap, &spans);
    free(spans.list);
    return released;
}
