/* SPDX-License-Identifier: MIT */
/*
 * lifecycle: the `lifecycle:` block of a service: when it starts, how long that may take, and what happens when it fails.
 */
#ifndef HOST_LIFECYCLE_H
#define HOST_LIFECYCLE_H

#include <stdbool.h>
#include <stdint.h>

struct entry;
struct problems;
struct rng;

struct lifecycle {
    bool auto_start;
    bool optional; /* startup: optional: failing at boot only warns */
    uint64_t start_timeout_ns, stop_timeout_ns;
    uint64_t stable_threshold_ns; /* running this long resets the attempt counter */
    uint64_t initial_delay_ns, max_delay_ns;
    double backoff_factor;
    double jitter;         /* fraction: 0.1 is +-10 % */
    uint32_t max_attempts; /* restarts in a row; 0: no limit */
};

/* The block of the entry, defaults where it says nothing. A field that makes no sense is reported and keeps its default. */
void lifecycle_parse(struct lifecycle *lifecycle, const struct entry *entry, struct problems *problems);

/* Delay before restart number `attempt` (from 1): min(max, initial * factor^(attempt-1)) * (1 +- jitter). */
uint64_t lifecycle_delay_ns(const struct lifecycle *lifecycle, uint32_t attempt, struct rng *rng);

#endif
