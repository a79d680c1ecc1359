/* SPDX-License-Identifier: MIT */
/*
 * clock: see clock.h. The wall time of a virtual clock is its monotonic time plus a fixed date, so that a replay sees
 * the same calendar.
 */
#include "sched/base/clock.h"

#include <time.h>

enum { NS_PER_SEC = 1000000000 };

/* 2020-01-01T00:00:00Z in seconds since the epoch. */
static const int64_t virtual_epoch_s = 1577836800;

static uint64_t read_ns(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (uint64_t)ts.tv_sec * NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

void clock_init(struct clock *clock, bool is_virtual)
{
    clock->is_virtual = is_virtual;
    atomic_init(&clock->virtual_ns, 0);
    clock->start_ns = clock_now_ns(clock);
}

uint64_t clock_now_ns(const struct clock *clock)
{
    /* Relaxed: the time orders nothing, and only one thread advances it. */
    if (clock->is_virtual)
        return atomic_load_explicit(&clock->virtual_ns, memory_order_relaxed);
    return read_ns(CLOCK_MONOTONIC);
}

int64_t clock_wall_ns(const struct clock *clock)
{
    if (clock->is_virtual)
        return virtual_epoch_s * NS_PER_SEC + (int64_t)clock_now_ns(clock);
    return (int64_t)read_ns(CLOCK_REALTIME);
}

uint64_t clock_thread_cpu_ns(void)
{
    return read_ns(CLOCK_THREAD_CPUTIME_ID);
}

void clock_advance(struct clock *clock, uint64_t to_ns)
{
    if (clock->is_virtual && to_ns > clock_now_ns(clock))
        atomic_store_explicit(&clock->virtual_ns, to_ns, memory_order_relaxed);
}
