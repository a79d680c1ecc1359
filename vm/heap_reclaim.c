/* SPDX-License-Identifier: MIT */
/*
 * heap_reclaim: puts the free blocks of a heap together again. Blocks are cut into ever smaller ones while a process runs, and freeing
 * does not join neighbours, for a block does not know them. So now and then a map of all free memory is made from the free lists, one bit per
 * 8 bytes; chunks that are free as a whole go back to the slabs, the longest run becomes the bump area, the others fill the lists anew with
 * blocks as large as can be.
 *
 * Nothing can suspend that, so a heap that grows joins only so many blocks at a time. What was joined is fewer blocks at the heads of the lists,
 * so the next time comes to those behind.
 */
#include <stdlib.h>

#include "sched/base/compiler.h"
#include "vm/heap_lists.h"
#include "vm/slab.h"

/* The memory of a chunk that blocks can lie in. */
struct span {
    char *begin, *end;
    struct heap_chunk *chunk; /* NULL: the first, which stays */
    size_t bit;               /* of `begin` in the map */
};

struct run {
    char *begin, *end;
};

struct map {
    struct span *spans; /* by address */
    size_t count;
    uint64_t *free;
    size_t blocks; /* marked so far */
    size_t most;   /* to be marked */
};

static int compare_spans(const void *a, const void *b)
{
    const char *left = ((const struct span *)a)->begin, *right = ((const struct span *)b)->begin;
    return (uintptr_t)left < (uintptr_t)right ? -1 : (uintptr_t)left > (uintptr_t)right;
}

static size_t words_of(const struct span *span)
{
    return ((size_t)(span->end - span->begin) / 8 + 63) / 64;
}

static bool map_init(struct map *map, struct heap *heap)
{
    size_t count = 1, words = 0;
    for (struct heap_chunk *chunk = heap->chunks; chunk; chunk = chunk->next)
        count++;
    map->spans = malloc(count * sizeof(struct span));
    if (!map->spans)
        return false;
    char *first = (char *)heap;
    map->spans[0] = (struct span){.begin = first, .end = first + (heap->first_size & ~7u)};
    map->count = 1;
    for (struct heap_chunk *chunk = heap->chunks; chunk; chunk = chunk->next)
        map->spans[map->count++] =
            (struct span){.begin = (char *)(chunk + 1), .end = (char *)chunk + chunk->size, .chunk = chunk};
    qsort(map->spans, count, sizeof(struct span), compare_spans);
    for (size_t i = 0; i < count; i++) {
        map->spans[i].bit = words * 64;
        words += words_of(&map->spans[i]);
    }
    map->free = calloc(words, sizeof(uint64_t));
    if (!map->free)
        free(map->spans);
    return map->free != NULL;
}

static void map_destroy(struct map *map)
{
    free(map->spans);
    free(map->free);
}

/* The span that `block` lies in; NULL: none, it was a big block once. */
static const struct span *span_of(const struct map *map, const char *block)
{
    size_t low = 0, high = map->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((uintptr_t)map->spans[middle].begin <= (uintptr_t)block)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const struct span *span = &map->spans[low - 1];
    return (uintptr_t)block < (uintptr_t)span->end ? span : NULL;
}

static void mark(struct map *map, const struct span *span, const char *block, size_t size)
{
    size_t bit = span->bit + (size_t)(block - span->begin) / 8, count = size / 8;
    while (count > 0) {
        size_t at = bit % 64, some = count < 64 - at ? count : 64 - at;
        map->free[bit / 64] |= ~UINT64_C(0) >> (64 - some) << at;
        bit += some;
        count -= some;
    }
}

/*
 * Marks the first blocks of the list, at most a quarter of those that may still be marked, and takes them off; what lies in no chunk stays.
 */
static void take_list(struct map *map, void **list, size_t size)
{
    void *block = *list, *strays = NULL;
    if (!block)
        return; /* there may be no list to write to */
    size_t limit = map->blocks + (map->most - map->blocks) / 4;
    for (void *next; block && map->blocks < limit; block = next) {
        next = slab_peek(block);
        const struct span *span = span_of(map, block);
        if (likely(span != NULL)) {
            mark(map, span, block, size);
            map->blocks++;
        } else {
            slab_poke(block, strays);
            strays = block;
        }
    }
    *list = block;
    for (void *next; strays; strays = next) {
        next = slab_peek(strays);
        slab_poke(strays, *list);
        *list = strays;
    }
}

/* If the lists of freed blocks are empty, they are free memory themselves; growing makes them again. */
static void take_freed(struct heap *heap, struct map *map)
{
    for (unsigned kind = 0; kind < HEAP_LARGE; kind++)
        if (heap->freed[kind])
            return;
    slab_poison(heap->freed, HEAP_FREED_SIZE);
    mark(map, span_of(map, (char *)heap->freed), (char *)heap->freed, HEAP_FREED_SIZE);
    heap->freed = heap->free;
}

static void take_lists(struct heap *heap, struct map *map)
{
    for (unsigned kind = HEAP_CLASSES; kind-- > 0;) {
        take_list(map, heap_list(heap, kind), heap_class_size(kind));
        if (kind < HEAP_LARGE && heap_is_split(heap))
            take_list(map, &heap->freed[kind], heap_class_size(kind));
    }
    if (heap_is_split(heap))
        take_freed(heap, map);
}

static void take_bump(struct heap *heap, struct map *map)
{
    if (heap->bump < heap->end)
        mark(map, span_of(map, heap->bump), heap->bump, (size_t)(heap->end - heap->bump));
    heap->bump = heap->end = NULL;
}

/* The first bit at or after `from` that is (or is not) set; `limit` if none is. */
static size_t find_bit(const struct map *map, size_t from, size_t limit, bool set)
{
    while (from < limit) {
        uint64_t word = set ? map->free[from / 64] : ~map->free[from / 64];
        word &= ~UINT64_C(0) << (from % 64);
        if (word) {
            size_t bit = from / 64 * 64 + (size_t)__builtin_ctzll(word);
            return bit < limit ? bit : limit;
        }
        from = (from / 64 + 1) * 64;
    }
    return limit;
}

/* The longest run so far becomes the bump area; what is not becomes free blocks. */
static void add_run(struct heap *heap, const struct run *run)
{
    struct run other = *run;
    if (run->end - run->begin > heap->end - heap->bump) {
        other = (struct run){heap->bump, heap->end};
        heap->bump = run->begin;
        heap->end = run->end;
    }
    heap_carve(heap, other.begin, (size_t)(other.end - other.begin));
}

/* Puts the free runs of the span back; false: all of it is free and nothing was put back. */
static bool add_span(struct heap *heap, const struct map *map, const struct span *span)
{
    size_t limit = span->bit + (size_t)(span->end - span->begin) / 8;
    for (size_t from = span->bit, end; (from = find_bit(map, from, limit, true)) < limit; from = end) {
        end = find_bit(map, from, limit, false);
        if (span->chunk && from == span->bit && end == limit)
            return false;
        struct run run = {span->begin + (from - span->bit) * 8, span->begin + (end - span->bit) * 8};
        add_run(heap, &run);
    }
    return true;
}

static size_t reclaim(struct heap *heap, size_t most_blocks)
{
    struct map map = {.most = most_blocks};
    if (!map_init(&map, heap))
        return 0;
    take_lists(heap, &map);
    take_bump(heap, &map);
    size_t before = heap->reserved;
    heap->chunks = NULL;
    for (size_t i = 0; i < map.count; i++) {
        struct heap_chunk *chunk = map.spans[i].chunk;
        if (!add_span(heap, &map, &map.spans[i])) {
            heap_unreserve(heap, chunk, chunk->size);
        } else if (chunk) {
            chunk->next = heap->chunks;
            heap->chunks = chunk;
        }
    }
    heap->slow_takes = 0;
    size_t cost = heap->reserved > HEAP_FEW ? 1 : HEAP_RECLAIM_COST;
    heap->reclaim_after = (uint32_t)(map.blocks / cost + HEAP_RECLAIM_TAKES);
    map_destroy(&map);
    return before - heap->reserved;
}

size_t heap_reclaim(struct heap *heap)
{
    return reclaim(heap, SIZE_MAX);
}

void heap_reclaim_some(struct heap *heap)
{
    reclaim(heap, HEAP_RECLAIM_BLOCKS);
}

bool heap_reclaim_if_due(struct heap *heap)
{
    size_t live = heap->used - heap->charged + (size_t)(heap->end - heap->bump);
    bool is_worth_it = heap->reserved > live && heap->reserved - live > heap->reserved / 3;
    if (!is_worth_it || (heap->reserved / 1024 < heap->reclaim_at && heap->slow_takes < heap->reclaim_after))
        return false;
    heap_reclaim_some(heap);
    size_t next = heap->reserved + heap->reserved / 4;
    heap->reclaim_at = (uint32_t)((next > HEAP_RECLAIM_MIN ? next : HEAP_RECLAIM_MIN) / 1024);
    return true;
}
