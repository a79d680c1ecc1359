/* SPDX-License-Identifier: MIT */
/*
 * hash: bytes to 64 bits under a seed. With a seed that nobody outside knows (rng_entropy) no one can make inputs that collide. Not for
 * secrets. Any thread.
 */
#ifndef SCHED_BASE_HASH_H
#define SCHED_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(uint64_t seed, const void *bytes, size_t length);

#endif
