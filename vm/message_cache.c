/* SPDX-License-Identifier: MIT */
/*
 * message_cache: see message_cache.h. Free blocks are poisoned for AddressSanitizer but for their links: LeakSanitizer does not look into what is
 * poisoned, and blocks in a cache that lives until the end would be leaks.
 */
#include "vm/message_cache.h"

#include <stdbool.h>
#include <stdlib.h>

#include "sched/base/compiler.h"
#include "vm/slab_asan.h"

static void free_batch(const struct message_depot *depot, struct message_block *block)
{
    while (block) {
        struct message_block *next = slab_peek(block);
        slab_unpoison(block, depot->size);
        free(block);
        block = next;
    }
}

static unsigned count_of(const struct message_depot *depot)
{
    return atomic_load_explicit(&depot->count, memory_order_relaxed);
}

/* A full batch of the depot, NULL: there is none, or somebody else is at it. */
static struct message_block *fetch(struct message_depot *depot)
{
    struct message_block *batch = NULL;
    if (count_of(depot) == 0 || pthread_mutex_trylock(&depot->lock) != 0)
        return NULL;
    unsigned count = count_of(depot);
    if (count > 0) {
        batch = depot->batches[count - 1];
        atomic_store_explicit(&depot->count, count - 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&depot->lock);
    return batch;
}

static bool deposit(struct message_depot *depot, struct message_block *batch)
{
    if (count_of(depot) == MESSAGE_DEPOT_BATCHES || pthread_mutex_trylock(&depot->lock) != 0)
        return false;
    unsigned count = count_of(depot);
    bool has_room = count < MESSAGE_DEPOT_BATCHES;
    if (has_room) {
        depot->batches[count] = batch;
        atomic_store_explicit(&depot->count, count + 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&depot->lock);
    return has_room;
}

/* `loaded` is empty: true when it is not any more. */
static inline bool reload(struct message_cache *cache, struct message_depot *depot)
{
    cache->loaded = cache->spare ? cache->spare : fetch(depot);
    cache->spare = NULL;
    cache->count = cache->loaded ? MESSAGE_BATCH : 0;
    return cache->loaded;
}

/* `loaded` is a full batch. */
static __attribute__((noinline)) void unload(struct message_cache *cache, struct message_depot *depot)
{
    if (cache->spare && !deposit(depot, cache->spare))
        free_batch(depot, cache->spare);
    cache->spare = cache->loaded;
    cache->loaded = NULL;
    cache->count = 0;
}

/* The first block of the next batch; of none if there is none. */
static __attribute__((noinline)) void *take_reloaded(struct message_cache *cache, struct message_depot *depot)
{
    return reload(cache, depot) ? message_cache_take(cache, depot) : aligned_alloc(CACHE_LINE, depot->size);
}

void *message_cache_take(struct message_cache *cache, struct message_depot *depot)
{
    if (unlikely(!cache->loaded))
        return take_reloaded(cache, depot);
    struct message_block *block = cache->loaded;
    cache->loaded = slab_peek(block);
    cache->count--;
    slab_unpoison(block, depot->size);
    return block;
}

void message_cache_put(struct message_cache *cache, struct message_depot *depot, void *block)
{
    slab_poke(block, cache->loaded);
    slab_poison((char *)block + sizeof(void *), depot->size - sizeof(void *));
    cache->loaded = block;
    if (unlikely(++cache->count == MESSAGE_BATCH))
        unload(cache, depot);
}

void message_cache_flush(struct message_cache *cache, const struct message_depot *depot)
{
    free_batch(depot, cache->loaded);
    free_batch(depot, cache->spare);
    *cache = (struct message_cache){0};
}

void message_depot_flush(struct message_depot *depot)
{
    struct message_block *batch;
    while ((batch = fetch(depot)))
        free_batch(depot, batch);
}

void message_depots_init(struct message_depot depots[static MESSAGE_CLASSES])
{
    static const uint32_t sizes[] = {[MESSAGE_SMALL] = MESSAGE_SMALL_SIZE, [MESSAGE_MEDIUM] = MESSAGE_MEDIUM_SIZE};
    for (unsigned i = 0; i < MESSAGE_CLASSES; i++) {
        depots[i] = (struct message_depot){.size = sizes[i]};
        pthread_mutex_init(&depots[i].lock, NULL);
    }
}

void message_depots_destroy(struct message_depot depots[static MESSAGE_CLASSES])
{
    for (unsigned i = 0; i < MESSAGE_CLASSES; i++) {
        message_depot_flush(&depots[i]);
        pthread_mutex_destroy(&depots[i].lock);
    }
}
