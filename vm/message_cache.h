/* SPDX-License-Identifier: MIT */
/*
 * message_cache: memory for messages that are small, as most are. What a receiver frees, the next sender on its worker uses, in a few
 * instructions and out of the first-level cache; malloc and free took a fifteenth of a message.
 *
 * A worker keeps up to two batches of free blocks. Whoever only receives passes full batches on to the depot of the VM, from which those take
 * them who only send; beyond MESSAGE_DEPOT_BATCHES they are freed. Each block is malloc's, so that whoever has no cache may simply free it.
 */
#ifndef VM_MESSAGE_CACHE_H
#define VM_MESSAGE_CACHE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

enum { MESSAGE_BLOCK = 96, MESSAGE_BATCH = 64, MESSAGE_DEPOT_BATCHES = 32 };

struct message_block;

/* Full batches, one below the other. Zeroed and with its lock made it is empty. */
struct message_depot {
    pthread_mutex_t lock;   /* only tried, never waited for */
    _Atomic unsigned count; /* written under the lock; a hint for others */
    struct message_block *batches[MESSAGE_DEPOT_BATCHES];
};

/* Of one worker, used by its thread only. Zeroed it is empty. */
struct message_cache {
    struct message_block *loaded, *spare; /* spare: nothing, or a full batch */
    unsigned count;                       /* of loaded, less than MESSAGE_BATCH between calls */
};

/* A block of MESSAGE_BLOCK bytes, NULL: memory is out. */
void *message_cache_take(struct message_cache *cache, struct message_depot *depot);

/* A block that is not used any more. */
void message_cache_put(struct message_cache *cache, struct message_depot *depot, void *block);

/* Frees all that is there. The depot's by whoever finds its lock free, or when nobody else uses it. */
void message_cache_flush(struct message_cache *cache);
void message_depot_flush(struct message_depot *depot);

#endif
