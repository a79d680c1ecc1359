/* SPDX-License-Identifier: MIT */
/*
 * rng: the only source of chance (xoshiro256**, Blackman and Vigna 2018; seeded by splitmix64). One struct per user,
 * no locking. Not for secrets.
 */
#ifndef SCHED_BASE_RNG_H
#define SCHED_BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t s[4];
};

/* The same seed gives the same sequence on every machine. */
void rng_seed(struct rng *rng, uint64_t seed);

/* A seed from the kernel (getrandom). */
uint64_t rng_entropy(void);

uint64_t rng_next(struct rng *rng);

/* Uniform in [0, bound); bound > 0. */
uint64_t rng_below(struct rng *rng, uint64_t bound);

#endif
