/* SPDX-License-Identifier: MIT */
/*
 * heap: the allocator. A small block comes from the free list of its class, else from the bump area, else it is cut
 * from a larger free block, else from a new chunk. New chunks grow with the heap, from 1 KB to 32 KB, so that a small
 * process wastes little and a big one has few chunks. A big block (over HEAP_SMALL_MAX) is a chunk or a large block of
 * its own.
 *
 * Shrinking a small block cuts its tail off in place, so it never fails, as Lua demands. Shrinking a big block that
 * cannot move leaves it where it is; if its size is a small one by then, it joins the free lists when freed and its
 * memory stays in the list of big blocks until the heap is dropped.
 *
 * Most small heaps never free a large block, so the lists of these classes are not in struct heap: the first block that
 * would go into one of them gives the place for all of them.
 *
 * A large heap keeps what is freed apart until the list that serves a class is used up. So a collection that frees while the program
 * allocates does not shuffle the blocks: what is made again and again comes in the order of the last time, which is that of the addresses.
 *
 * I1 Every byte of the chunks behind their heads is in a live block, in a free block, in the bump area, or in the large
 *    lists or those of freed blocks.
 * I2 A small block outside the image has the size of its class; a block inside, small or big, has its size rounded up to
 *    8, which is the same up to HEAP_EXACT_MAX.
 * I3 Blocks in the template's shared memory are not counted in `used`.
 */
#include "vm/heap.h"

#include <assert.h>
#include <string.h>

#include "sched/base/compiler.h"
#include "sched/base/fault.h"
#include "vm/heap_lists.h"

_Static_assert(offsetof(struct heap, used) / CACHE_LINE == sizeof(struct heap) / CACHE_LINE, "see heap_layout.h");

/* Counts `more` bytes; false, and nothing counted, if they are not granted. */
static inline bool count_up(struct heap *heap, size_t more)
{
    size_t used = heap->used + more;
    if (unlikely(used > heap->watch) && !heap_press(heap, used))
        return false;
    heap->used = used;
    return true;
}

static inline void count_down(struct heap *heap, size_t less)
{
    heap->used -= less;
    if (unlikely(heap->used < heap->relief)) {
        heap->relief = 0;
        heap->watch = heap->limit - heap->limit / 8;
    }
}

/* Small blocks */

static inline void *take_listed(struct heap *heap, void **list, unsigned kind, size_t size)
{
    void *block = likely(*list) ? heap_pop_free(list) : heap_take_slow(heap, kind);
    if (likely(block))
        slab_unpoison(block, size);
    return block;
}

static __attribute__((noinline)) void *take_large(struct heap *heap, size_t size)
{
    unsigned kind = heap_class(size);
    return take_listed(heap, heap_list(heap, kind), kind, size);
}

static inline void *take_small(struct heap *heap, size_t size)
{
    if (unlikely(size > HEAP_LISTED_MAX))
        return take_large(heap, size);
    unsigned kind = heap_class(size);
    return take_listed(heap, &heap->free[kind], kind, size);
}

static inline bool in_image(const struct heap *heap, const void *block)
{
    return (uintptr_t)block - (uintptr_t)heap < heap->image_end;
}

/* The bytes a live small block of `size` really has. */
static inline size_t real_size(const struct heap *heap, const void *block, size_t size)
{
    return in_image(heap, block) ? heap_round8(size) : heap_class_size(heap_class(size));
}

static __attribute__((noinline)) void give_large(struct heap *heap, void *block, size_t size)
{
    unsigned kind = heap_class(size);
    if (heap_lacks_list(heap, kind))
        heap_carve(heap, block, heap_class_size(kind));
    else
        heap_push_free(heap_list(heap, kind), block, heap_class_size(kind));
}

static inline void give_small(struct heap *heap, void *block, size_t size)
{
    if (unlikely(size > HEAP_EXACT_MAX && in_image(heap, block))) {
        heap_carve(heap, block, heap_round8(size));
    } else if (unlikely(size > HEAP_LISTED_MAX)) {
        give_large(heap, block, size);
    } else {
        unsigned kind = heap_class(size);
        heap_push_free(&heap->freed[kind], block, heap_class_size(kind));
    }
}

/* All blocks */

static inline void *take(struct heap *heap, size_t size)
{
    return likely(size <= HEAP_SMALL_MAX) ? take_small(heap, size) : heap_big_take(heap, size);
}

/* A block of any size inside the image is a piece of the first chunk, whatever its size. */
static inline void give(struct heap *heap, void *block, size_t size)
{
    if (likely(size <= HEAP_SMALL_MAX))
        give_small(heap, block, size);
    else if (in_image(heap, block))
        heap_carve(heap, block, heap_round8(size));
    else
        heap_big_give(heap, block);
}

static inline bool is_shared(const struct heap *heap, const void *block)
{
    return (uintptr_t)block - heap->shared < heap->shared_size;
}

/* The small block resized where it is, or NULL. */
static void *resize_small(struct heap *heap, void *block, size_t old_size, size_t new_size)
{
    size_t real = real_size(heap, block, old_size);
    size_t kept = in_image(heap, block) ? heap_round8(new_size) : heap_class_size(heap_class(new_size));
    if (kept > real)
        return NULL;
    if (kept < real)
        heap_carve(heap, (char *)block + kept, real - kept);
    slab_poison(block, kept);
    slab_unpoison(block, new_size);
    return block;
}

/* Resizes without counting; NULL if memory is out, the block is then as it was. */
static void *resize(struct heap *heap, void *block, size_t old_size, size_t new_size)
{
    void *moved = NULL;
    if (unlikely(old_size >= HEAP_STACK_MIN)) {
        heap->moving = true;
        __atomic_signal_fence(__ATOMIC_SEQ_CST); /* the handler that asks heap_is_moving is on this thread */
    }
    if (old_size <= HEAP_SMALL_MAX && new_size <= HEAP_SMALL_MAX)
        moved = resize_small(heap, block, old_size, new_size);
    else if (old_size > HEAP_SMALL_MAX && new_size > HEAP_SMALL_MAX && !in_image(heap, block))
        moved = heap_big_resize(heap, block, new_size);
    if (moved)
        return moved;
    moved = take(heap, new_size);
    if (!moved)
        return NULL;
    memcpy(moved, block, old_size < new_size ? old_size : new_size);
    give(heap, block, old_size);
    return moved;
}

static void *heap_realloc(struct heap *heap, void *block, size_t old_size, size_t new_size)
{
    if (new_size <= old_size) {
        void *moved = resize(heap, block, old_size, new_size);
        count_down(heap, old_size - new_size);
        return moved ? moved : block;
    }
    if (fault_hit(heap->fault, FAULT_HEAP) || !count_up(heap, new_size - old_size))
        return NULL;
    void *moved = resize(heap, block, old_size, new_size);
    if (!moved)
        count_down(heap, new_size - old_size);
    return moved;
}

static __attribute__((noinline)) void *heap_take(struct heap *heap, size_t size)
{
    if (unlikely(fault_hit(heap->fault, FAULT_HEAP)) || unlikely(!count_up(heap, size)))
        return NULL;
    void *block = take(heap, size);
    if (unlikely(!block))
        count_down(heap, size);
    return block;
}

/* A block in shared memory: freeing it does nothing, another size is a block of our own. */
static void *leave_shared(struct heap *heap, void *block, size_t old_size, size_t new_size)
{
    if (new_size == 0)
        return NULL;
    void *moved = heap_take(heap, new_size);
    if (!moved)
        return new_size <= old_size ? block : NULL;
    memcpy(moved, block, old_size < new_size ? old_size : new_size);
    return moved;
}

/* Public */

enum { FIRST_SIZE_MAX = (1 << 29) - 1 };

void heap_init_head(struct heap *heap, struct heap *at, struct slab_cache *cache, size_t size, struct fault_plan *fault)
{
    memset(heap, 0, heap_user_offset());
    heap->fault = fault;
    heap->cache = cache;
    heap->first_size = (uint32_t)size & FIRST_SIZE_MAX;
    heap->reserved = size;
    heap->end = (char *)at + (size & ~(size_t)7);
    heap->large = (void **)heap_no_large;
    heap->freed = at->free;
    heap->reclaim_at = HEAP_RECLAIM_MIN / 1024;
    heap->reclaim_after = UINT32_MAX;
    heap->limit = heap->watch = SIZE_MAX;
}

static void set_bump(struct heap *heap, size_t offset)
{
    heap->bump = (char *)heap + offset;
    slab_poison(heap->bump, (size_t)(heap->end - heap->bump));
}

struct heap *heap_new(struct slab_cache *cache, size_t user, size_t first_size, struct fault_plan *fault)
{
    size_t least = heap_user_offset() + heap_user_size(user);
    size_t size = heap_chunk_size(first_size > least ? first_size : least);
    struct heap *heap = fault_hit(fault, FAULT_HEAP) ? NULL : heap_chunk_take(cache, size);
    if (!heap)
        return NULL;
    heap_init_head(heap, heap, cache, size, fault);
    memset(heap_user(heap), 0, heap_user_size(user));
    set_bump(heap, least);
    return heap;
}

bool heap_drop(struct heap *heap, struct slab_cache *cache, unsigned max_chunks)
{
    heap->cache = cache;
    for (; max_chunks > 0 && heap->bigs; max_chunks--)
        heap_big_give(heap, heap->bigs + 1);
    for (; max_chunks > 0 && heap->chunks; max_chunks--) {
        struct heap_chunk *chunk = heap->chunks;
        heap->chunks = chunk->next;
        heap_unreserve(heap, chunk, chunk->size);
    }
    if (max_chunks == 0)
        return false;
    if (likely(!heap->lent))
        heap_chunk_give(cache, heap, heap->first_size);
    return true;
}

void heap_enter(struct heap *heap, struct slab_cache *cache)
{
    heap->cache = cache;
}

void *heap_user(struct heap *heap)
{
    return (char *)heap + heap_user_offset();
}

struct heap *heap_of_user(void *user)
{
    return (struct heap *)((char *)user - heap_user_offset());
}

void heap_note(struct heap *heap, const void *at, uint64_t what)
{
    heap->noted_at = (uintptr_t)at;
    heap->noted = what;
}

uint64_t heap_noted(const struct heap *heap, const void *at)
{
    return (uintptr_t)at == heap->noted_at ? heap->noted : 0;
}

/* The block is about to hold something else, or to lie elsewhere. */
static inline void forget_noted(struct heap *heap, const void *block, size_t size)
{
    if (unlikely(heap->noted_at - (uintptr_t)block < size))
        heap->noted_at = 0;
}

/* All but what heap_alloc does itself. */
static __attribute__((noinline)) void *alloc_rare(struct heap *heap, void *block, size_t old_size, size_t new_size)
{
    if (!block)
        return heap_take(heap, new_size);
    forget_noted(heap, block, old_size);
    if (is_shared(heap, block))
        return leave_shared(heap, block, old_size, new_size);
    if (new_size > 0)
        return heap_realloc(heap, block, old_size, new_size);
    give(heap, block, old_size);
    count_down(heap, old_size);
    return NULL;
}

/* 1..HEAP_EXACT_MAX? */
static inline bool is_exact(size_t size)
{
    return size - 1 < HEAP_EXACT_MAX;
}

/* The list is empty: the next bytes of the bump area, as most of what a young heap takes; NULL: find another way. */
static inline void *take_next(struct heap *heap, size_t size)
{
    if (heap_is_split(heap))
        return NULL; /* first what was freed: heap_take_slow */
    return heap_take_bump(heap, heap_round8(size));
}

/* A block that is on its list, or the next one; NULL: find another way. */
static inline void *take_exact(struct heap *heap, size_t size)
{
    void **list = &heap->free[heap_class(size)];
    size_t used = heap->used + size;
    if (unlikely(used > heap->watch) || unlikely(heap->fault != NULL))
        return NULL;
    void *block = *list ? heap_pop_free(list) : take_next(heap, size);
    if (unlikely(!block))
        return NULL;
    heap->used = used;
    slab_unpoison(block, size);
    return block;
}

/* Nearly all calls take or give a block of at most HEAP_EXACT_MAX bytes, from its list or the bump area: no function is called then. */
void *heap_alloc(void *ud, void *block, size_t old_size, size_t new_size)
{
    struct heap *heap = ud;
    if (!block) {
        block = is_exact(new_size) ? take_exact(heap, new_size) : NULL;
        if (likely(block != NULL) || new_size == 0) /* Lua gives back what it never had: the array part of a record */
            return block;
    } else if (new_size == 0 && likely(is_exact(old_size)) && likely(!is_shared(heap, block))) {
        forget_noted(heap, block, old_size);
        heap_push_free(&heap->freed[heap_class(old_size)], block, heap_round8(old_size));
        count_down(heap, old_size);
        return NULL;
    }
    return alloc_rare(heap, block, old_size, new_size);
}

bool heap_is_moving(const struct heap *heap)
{
    return heap->moving;
}

void heap_settled(struct heap *heap)
{
    heap->moving = false;
}

size_t heap_used(const struct heap *heap)
{
    return heap->used;
}

size_t heap_reserved(const struct heap *heap)
{
    return heap->reserved;
}

size_t heap_extent(const struct heap *heap)
{
    size_t extent = heap->reserved - (size_t)(heap->end - heap->bump);
    for (const struct heap_chunk *chunk = heap->chunks; chunk && extent <= SLAB_CHUNK_MAX; chunk = chunk->next)
        extent -= sizeof(*chunk);
    return extent;
}

struct heap_hot heap_hot(const struct heap *heap)
{
    enum { MOST = 8192 / CACHE_LINE };
    size_t end = (heap_extent(heap) + CACHE_LINE - 1) / CACHE_LINE;
    size_t from = ((size_t)heap->cold_from + CACHE_LINE - 1) / CACHE_LINE, to = heap->cold_to / CACHE_LINE;
    if (end > MOST)
        end = MOST;
    if (from >= to || to >= end)
        from = to = 0;
    return (struct heap_hot){.cold_from = (uint16_t)from, .cold_to = (uint16_t)to, .end = (uint16_t)end};
}

void heap_charge(struct heap *heap, ptrdiff_t bytes)
{
    heap->charged += (size_t)bytes;
    if (bytes < 0) {
        assert(heap->used >= (size_t)-bytes);
        count_down(heap, (size_t)-bytes);
        return;
    }
    heap->used += (size_t)bytes;
    if (heap->used > heap->watch)
        heap_press(heap, heap->used);
}

struct heap *heap_init_shell(void *memory)
{
    struct heap *heap = memory;
    heap->large = (void **)heap_no_large;
    heap->freed = heap->free;
    heap->limit = heap->watch = SIZE_MAX;
    return heap;
}

size_t heap_user_offset(void)
{
    return (sizeof(struct heap) + 15) & ~(size_t)15;
}

size_t heap_user_size(size_t user)
{
    return (user + 15) & ~(size_t)15;
}
