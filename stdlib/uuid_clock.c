/* SPDX-License-Identifier: MIT */
/* uuid_clock: see uuid_clock.h. All orders are relaxed: the values order nothing but themselves. */
#include "stdlib/uuid_clock.h"

#define CHOSEN (1ull << 63)
#define MULTICAST (1ull << 40) /* no network card has such an address: RFC 9562, 6.10 */

/* 1582-10-15 to 1970-01-01 in 100 ns. */
static const uint64_t gregorian = 0x01b21dd213814000;

/* `now`, or the moment after *last if that is not earlier; becomes *last. */
static uint64_t next_after(_Atomic uint64_t *last, uint64_t now)
{
    uint64_t before = atomic_load_explicit(last, memory_order_relaxed), next;
    do
        next = now > before ? now : before + 1;
    while (!atomic_compare_exchange_weak_explicit(last, &before, next, memory_order_relaxed, memory_order_relaxed));
    return next;
}

uint64_t uuid_clock_v1(struct uuid_clock *clock, int64_t wall_ns)
{
    return next_after(&clock->last_v1, gregorian + (uint64_t)(wall_ns / 100));
}

uint64_t uuid_clock_v7(struct uuid_clock *clock, int64_t wall_ns)
{
    uint64_t ms = (uint64_t)wall_ns / 1000000, rest = (uint64_t)wall_ns % 1000000;
    return next_after(&clock->last_v7, ms << 12 | rest * 4096 / 1000000);
}

uint64_t uuid_clock_identity(struct uuid_clock *clock, uint64_t random)
{
    uint64_t chosen = 0;
    random |= CHOSEN | MULTICAST;
    if (atomic_compare_exchange_strong_explicit(&clock->identity, &chosen, random, memory_order_relaxed,
                                                memory_order_relaxed))
        chosen = random;
    return chosen & ((1ull << 62) - 1);
}
