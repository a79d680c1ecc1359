/* SPDX-License-Identifier: MIT */
/*
 * monitor: the thread that watches the workers. It preempts slices, has the run-next slot and the timers of stuck
 * workers served by others, brings in spare workers, and logs where a stuck one is.
 */
#ifndef SCHED_MONITOR_H
#define SCHED_MONITOR_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct sched;
struct watch;

enum monitor_sleep { MONITOR_AWAKE, MONITOR_NAP, MONITOR_DEEP };

struct monitor {
    pthread_t thread;
    bool is_started;
    _Atomic uint32_t sleep; /* futex: enum monitor_sleep; MONITOR_DEEP while all workers sleep */
    _Atomic uint32_t stop;
    /* The monitor's thread only. */
    struct watch *watches; /* one per worker */
    unsigned quiet_looks;  /* in a row that saw all workers asleep */
    /* Written by the monitor, read by sched_stats. */
    _Atomic uint64_t spare_starts, watchdog_hits;
};

/* Zeroed, for monitor.watches; the caller frees it. NULL: out of memory. */
struct watch *monitor_watches_new(unsigned workers);

/* 0 or a negative errno. */
int monitor_start(struct sched *sched);
/* Ends and joins the thread; does nothing if there is none. */
void monitor_stop(struct sched *sched);

/* Ends its sleep, whatever kind. Any thread. */
void monitor_kick(struct monitor *monitor);

static inline void monitor_kick_if_deep(struct monitor *monitor)
{
    if (atomic_load(&monitor->sleep) == MONITOR_DEEP)
        monitor_kick(monitor);
}

#endif
