/* SPDX-License-Identifier: MIT */
/*
 * cycles: calibration. Two pairs (clock, counter) some time apart give the speed. A pair is read again if the thread
 * seems to have been interrupted between its two halves.
 */
#include "sched/base/cycles.h"

#include <time.h>

enum { CALIBRATION_NS = 200000, PAIR_TRIES = 5, PAIR_MAX_CYCLES = 2000 };

uint64_t cycles_read_clock(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

#ifdef __x86_64__
#include <cpuid.h>

static bool counter_is_steady(void)
{
    unsigned a, b, c, d;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) && (d & (1u << 8));
}
#else
static bool counter_is_steady(void)
{
    return false;
}
#endif

static void read_pair(const struct cycles *cycles, uint64_t *ns, uint64_t *count)
{
    for (int i = 0; i < PAIR_TRIES; i++) {
        *count = cycles_now(cycles);
        *ns = cycles_read_clock();
        if (cycles_now(cycles) - *count < PAIR_MAX_CYCLES)
            return;
    }
}

void cycles_init(struct cycles *cycles)
{
    cycles->has_counter = counter_is_steady();
    cycles->ns_per_cycle = (uint64_t)1 << 32;
    cycles->per_us = 1000;
    if (!cycles->has_counter)
        return;
    uint64_t ns, count, end_ns, end_count;
    read_pair(cycles, &ns, &count);
    do {
        read_pair(cycles, &end_ns, &end_count);
    } while (end_ns - ns < CALIBRATION_NS);
    uint64_t span = end_count - count;
    if ((int64_t)span <= 0) {
        cycles->has_counter = false;
        return;
    }
    cycles->ns_per_cycle = (uint64_t)(((unsigned __int128)(end_ns - ns) << 32) / span);
    uint64_t per_us = span * 1000 / (end_ns - ns);
    cycles->per_us = per_us ? per_us : 1;
}
