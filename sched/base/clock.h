/* SPDX-License-Identifier: MIT */
/*
 * clock: the only source of time. A real clock reads CLOCK_MONOTONIC and CLOCK_REALTIME; a virtual clock (seeded mode)
 * stands still until clock_advance. Any thread may read; only the scheduler advances.
 */
#ifndef SCHED_BASE_CLOCK_H
#define SCHED_BASE_CLOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct clock {
    bool is_virtual;
    uint64_t start_ns;           /* monotonic time of clock_init */
    _Atomic uint64_t virtual_ns; /* ns since start; the wall time of a virtual clock starts at 2020-01-01T00:00:00Z */
};

void clock_init(struct clock *clock, bool is_virtual);

/* Monotonic nanoseconds; never goes back. */
uint64_t clock_now_ns(const struct clock *clock);

/* Nanoseconds since the Unix epoch. */
int64_t clock_wall_ns(const struct clock *clock);

/* CPU time that the calling thread has used. Signal safe. */
uint64_t clock_thread_cpu_ns(void);

/* Virtual clocks only: moves the time forward to `to_ns` (monotonic); an earlier time is ignored. */
void clock_advance(struct clock *clock, uint64_t to_ns);

#endif
