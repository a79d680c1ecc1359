/* SPDX-License-Identifier: MIT */
/*
 * window: see window.h. A layer is found in a piece of address space that is large enough to have its place somewhere, of which the rest is given back; who
 * asks for a place of its own choice may get one that a sanitizer wants for itself. Windows that wait for all workers are no memory any more: they
 * are those of processes that have stayed in theirs and ended, or of workers that had nothing to do.
 */
#include "vm/window.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "sched/base/compiler.h"
#include "sched/base/fault.h"
#include "vm/slab_asan.h"

#define SPAN ((size_t)1 << 32)

enum { LAYERS = 32 * 1024 /* which 47 bits of address have room for */ };
enum { LOWER = 0x40000000 /* the lower 32 bits of a layer */ };

/*
 * Those that are born one after the other leave their window to the next and could all have the same one, which is best for the cache. But each has to go on
 * in a window of the number of its first one, and if many stay there each of them takes a layer, of which address space has room for 32,000. So
 * when a number was given that often by all workers together it is the turn of the next one.
 */
enum { AT_ONCE = 16 * 1024 };

bool windows_fit(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_AS, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY ||
           limit.rlim_cur > (rlim_t)LAYERS * WINDOW_LAYER;
}

void windows_init(struct windows *windows, unsigned workers, struct fault_plan *fault)
{
    *windows = (struct windows){.fault = fault, .turn = AT_ONCE / workers + 1};
    atomic_init(&windows->out, 0);
    pthread_mutex_init(&windows->lock, NULL);
}

void windows_destroy(struct windows *windows)
{
    for (size_t i = 0; i < windows->count; i++)
        munmap(windows->layers[i], WINDOW_LAYER);
    free(windows->layers);
    for (unsigned i = 0; i < WINDOW_NUMBERS; i++)
        free(windows->free[i]);
    pthread_mutex_destroy(&windows->lock);
}

static bool grow_one(struct windows *windows, void *array, size_t capacity)
{
    void ***at = array;
    void **grown = fault_hit(windows->fault, FAULT_MALLOC) ? NULL : realloc(*at, capacity * sizeof **at);
    if (grown)
        *at = grown;
    return grown != NULL;
}

/* Room for one more layer, and for a window of each number more. */
static bool has_room(struct windows *windows)
{
    if (windows->count < windows->capacity)
        return true;
    size_t capacity = windows->capacity ? 2 * windows->capacity : 4;
    if (!grow_one(windows, &windows->layers, capacity))
        return false;
    for (unsigned i = 0; i < WINDOW_NUMBERS; i++)
        if (!grow_one(windows, &windows->free[i], capacity))
            return false;
    windows->capacity = capacity;
    return true;
}

static char *search_layer(void)
{
    const size_t size = SPAN + WINDOW_LAYER;
    char *at = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        return NULL;
    size_t before = (uint32_t)(LOWER - (uintptr_t)at), behind = size - before - WINDOW_LAYER;
    char *layer = at + before;
    if (before > 0)
        munmap(at, before);
    if (behind > 0)
        munmap(layer + WINDOW_LAYER, behind);
    if (mprotect(layer, WINDOW_LAYER, PROT_READ | PROT_WRITE) == 0)
        return layer;
    munmap(layer, WINDOW_LAYER);
    return NULL;
}

static char *map_layer(void)
{
    char *layer = search_layer();
    if (layer) /* where huge pages are made unasked, one window would be 2 MB of memory */
        madvise(layer, WINDOW_LAYER, MADV_NOHUGEPAGE);
    return layer;
}

static bool add_layer(struct windows *windows)
{
    char *layer = has_room(windows) && !fault_hit(windows->fault, FAULT_SLAB) ? map_layer() : NULL;
    if (!layer)
        return false;
    windows->layers[windows->count++] = layer;
    for (unsigned i = 0; i < WINDOW_NUMBERS; i++)
        windows->free[i][windows->frees[i]++] = layer + (size_t)i * WINDOW_SIZE;
    return true;
}

static __attribute__((noinline)) void *take_shared(struct windows *windows, unsigned number)
{
    void *window = NULL;
    pthread_mutex_lock(&windows->lock);
    if (windows->frees[number] > 0 || add_layer(windows)) {
        window = windows->free[number][--windows->frees[number]];
        atomic_fetch_add_explicit(&windows->out, 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&windows->lock);
    return window;
}

static __attribute__((noinline)) void give_shared(struct windows *windows, void *window)
{
    unsigned number = window_number(window);
    madvise(window, WINDOW_SIZE, MADV_DONTNEED);
    pthread_mutex_lock(&windows->lock);
    windows->free[number][windows->frees[number]++] = window;
    atomic_fetch_sub_explicit(&windows->out, 1, memory_order_relaxed);
    pthread_mutex_unlock(&windows->lock);
}

void *window_take(struct window_cache *cache, struct windows *windows, unsigned number)
{
    void *window = cache->free[number];
    cache->free[number] = NULL;
    return likely(window != NULL) ? window : take_shared(windows, number);
}

/* The next number of which there is a window that nobody has; `number` itself if there are none of any. */
static unsigned next_number(struct windows *windows, unsigned number)
{
    pthread_mutex_lock(&windows->lock);
    unsigned i = 1;
    while (i < WINDOW_NUMBERS && windows->frees[(number + i) % WINDOW_NUMBERS] == 0)
        i++;
    pthread_mutex_unlock(&windows->lock);
    return (number + i) % WINDOW_NUMBERS;
}

static void turn(struct window_cache *cache, struct windows *windows)
{
    unsigned next = (cache->next + 1) % WINDOW_NUMBERS;
    cache->next = cache->free[next] ? next : next_number(windows, cache->next);
}

void *window_take_any(struct window_cache *cache, struct windows *windows)
{
    if (unlikely(++cache->taken % windows->turn == 0)) {
        turn(cache, windows);
        return window_take(cache, windows, cache->next);
    }
    for (unsigned i = 0; i < WINDOW_NUMBERS; i++, cache->next = (cache->next + 1) % WINDOW_NUMBERS)
        if (likely(cache->free[cache->next] != NULL))
            return window_take(cache, windows, cache->next);
    cache->next = next_number(windows, cache->next);
    return take_shared(windows, cache->next);
}

void window_give(struct window_cache *cache, struct windows *windows, void *window)
{
    slab_unpoison(window, WINDOW_SIZE);
    unsigned number = window_number(window);
    if (likely(!cache->free[number]))
        cache->free[number] = window;
    else
        give_shared(windows, window);
}

void window_flush(struct window_cache *cache, struct windows *windows)
{
    for (unsigned i = 0; i < WINDOW_NUMBERS; i++) {
        if (cache->free[i])
            give_shared(windows, cache->free[i]);
        cache->free[i] = NULL;
    }
}
