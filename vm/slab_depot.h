/* SPDX-License-Identifier: MIT */
/*
 * slab_depot: where the magazines of slab.c come from and go to: the slabs, and a few full magazines. For slab.c alone; what others may do with
 * a depot is in slab.h.
 */
#ifndef VM_SLAB_DEPOT_H
#define VM_SLAB_DEPOT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "vm/slab.h"
#include "vm/slab_bits.h"
#include "vm/slab_large.h"

enum {
    SLAB_SIZE = SLAB_BITS * SLAB_CHUNK_UNIT,
    SLAB_UNITS = SLAB_BITS,
    CLASSES = SLAB_CHUNK_MAX / SLAB_CHUNK_UNIT + 1, /* a class is the units of its chunks; 0 is not used */
    ROUNDS_MIN = 4,
    ROUNDS_MAX = 32,
    ROUNDS_BYTES = 128 * 1024, /* a magazine holds about so much */
};

struct slab {
    uint32_t index;
    uint64_t busy[SLAB_UNITS / 64];
};

enum { HEAD_UNITS = sizeof(struct slab) / SLAB_CHUNK_UNIT + 1, FREE_UNITS = SLAB_UNITS - HEAD_UNITS };

struct slab_entry {
    struct slab *slab; /* NULL: no slab here now */
    uint16_t free;
    uint16_t run;
    uint16_t low;
    bool foreign; /* seeded mode: something else is mapped at the address */
    bool stamped; /* was empty at the trim of stamp_ns, and since */
    uint64_t stamp_ns;
};

struct magazine {
    struct magazine *next;
    unsigned count;
    unsigned cold; /* so many, the oldest ones, come from slabs and are in no cache */
    void *rounds[ROUNDS_MAX];
};

struct depot_class {
    struct magazine *full;
    unsigned fulls;
    unsigned least;   /* least value of fulls since the last trim */
    unsigned first;   /* no slab at a lower index had room for one, */
    uint64_t changes; /* when the depot had seen so many */
};

struct slab_depot {
    struct slab_large large;
    struct fault_plan *fault;
    bool fixed;
    pthread_mutex_t lock; /* guards the rest; slab_large's lock is never taken inside */
    struct slab_entry *entries;
    unsigned count, capacity; /* of entries */
    unsigned slabs;           /* mapped now */
    uint64_t changes;         /* by which a slab came to have more room */
    uint64_t units, taken,
        released; /* busy in all slabs, their heads not counted; ever taken; and slabs ever given back */
    struct magazine *empty;
    struct depot_class classes[CLASSES];
};

static inline unsigned slab_depot_rounds(unsigned units)
{
    unsigned rounds = ROUNDS_BYTES / SLAB_CHUNK_UNIT / units;
    return rounds < ROUNDS_MIN ? ROUNDS_MIN : rounds > ROUNDS_MAX ? ROUNDS_MAX : rounds;
}

/* Under the lock of the depot. */

/* Fills the magazine up to `wanted` chunks, or to fewer if no slab has room for more. */
void slab_depot_fill(struct slab_depot *depot, struct magazine *magazine, unsigned units, unsigned wanted);
/* Empties the magazine into the slabs and keeps it. */
void slab_depot_drain(struct slab_depot *depot, struct magazine *magazine, unsigned units);
/* The next slab gets huge pages. */
bool slab_depot_is_big(const struct slab_depot *depot);
/* Adds a slab at the address that its place in the table says. False: not possible. */
bool slab_depot_add_fixed(struct slab_depot *depot);

/*
 * Adds a slab anywhere; false: out of memory. Without the lock: the first touch of a huge page fills 2 MB with zeroes, which takes 0.2 ms, and
 * 5 ms where a hypervisor has to find that memory. Meanwhile others use what the depot has. Who finds nothing there adds a slab, too; that
 * is the next one to be used.
 */
bool slab_depot_add(struct slab_depot *depot, bool huge);

#endif
