/* SPDX-License-Identifier: MIT */
/*
 * uuid_clock: the moments that UUIDs of versions 1 and 7 carry, never the same twice in a runtime, and always later than the one before,
 * whichever worker asks. Any thread.
 */
#ifndef STDLIB_UUID_CLOCK_H
#define STDLIB_UUID_CLOCK_H

#include <stdatomic.h>
#include <stdint.h>

struct uuid_clock {
    _Atomic uint64_t last_v1;  /* in 100 ns since 1582-10-15 */
    _Atomic uint64_t last_v7;  /* milliseconds since the epoch, times 4096, with a fraction of one in the low bits */
    _Atomic uint64_t identity; /* of version 1: node and clock sequence; 0: not chosen yet */
};

static inline void uuid_clock_init(struct uuid_clock *clock)
{
    atomic_init(&clock->last_v1, 0);
    atomic_init(&clock->last_v7, 0);
    atomic_init(&clock->identity, 0);
}

/* The next moment for wall_ns nanoseconds since the epoch, in the unit of the member. */
uint64_t uuid_clock_v1(struct uuid_clock *clock, int64_t wall_ns);
uint64_t uuid_clock_v7(struct uuid_clock *clock, int64_t wall_ns);

/* Who makes UUIDs of version 1: 48 bits of node, above it 14 of clock sequence. `random` becomes it if it is not chosen yet. */
uint64_t uuid_clock_identity(struct uuid_clock *clock, uint64_t random);

#endif
