/* SPDX-License-Identifier: MIT */
/*
 * message_cache: memory for messages that are small, as most are. What a receiver frees, the next sender on its worker uses, in a few
 * instructions and out of the first-level cache; malloc and free took a fifteenth of a message.
 *
 * A worker keeps up to two batches of free blocks. Whoever only receives passes full batches on to the depot of the VM, from which those take
 * them who only send; beyond MESSAGE_DEPOT_BATCHES, 0.5 and 1.5 MB, they are freed. Each block is malloc's, so that whoever has no cache may simply free it.
 * Blocks are whole cache lines: a number or a short text takes one from the sender's processor to the receiver's.
 */
#ifndef VM_MESSAGE_CACHE_H
#define VM_MESSAGE_CACHE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

enum { MESSAGE_BATCH = 64, MESSAGE_DEPOT_BATCHES = 128 };

/* Blocks for a number or a short text, and for a small table. */
enum message_class { MESSAGE_SMALL, MESSAGE_MEDIUM, MESSAGE_CLASSES };
enum { MESSAGE_SMALL_SIZE = 64, MESSAGE_MEDIUM_SIZE = 192 };

struct message_block;

/* Full batches of one class, one below the other. */
struct message_depot {
    pthread_mutex_t lock;   /* only tried, never waited for */
    uint32_t size;          /* of the blocks */
    _Atomic unsigned count; /* written under the lock; a hint for others */
    struct message_block *batches[MESSAGE_DEPOT_BATCHES];
};

/* Of one class and one worker, used by its thread only; always with the depot of that class. Zeroed it is empty. */
struct message_cache {
    struct message_block *loaded, *spare; /* spare: nothing, or a full batch */
    unsigned count;                       /* of loaded, less than MESSAGE_BATCH between calls */
};

/* Depots of all classes, empty. And: frees what is there, when nobody else uses them any more. */
void message_depots_init(struct message_depot depots[static MESSAGE_CLASSES]);
void message_depots_destroy(struct message_depot depots[static MESSAGE_CLASSES]);

/* A block, NULL: memory is out. */
void *message_cache_take(struct message_cache *cache, struct message_depot *depot);

/* A block that is not used any more. */
void message_cache_put(struct message_cache *cache, struct message_depot *depot, void *block);

/* Frees all that is there; and in the depot, if its lock is free. */
void message_cache_flush(struct message_cache *cache, const struct message_depot *depot);
void message_depot_flush(struct message_depot *depot);

#endif
