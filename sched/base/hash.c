/* SPDX-License-Identifier: MIT */
/* hash: folded 128-bit products of eight bytes at a time, in the manner of wyhash (Wang Yi). */
#include "sched/base/hash.h"

#include <string.h>

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t hash_bytes(uint64_t seed, const void *bytes, size_t length)
{
    static const uint64_t first = 0x9e3779b97f4a7c15, second = 0xe7037ed1a0b428db;
    const unsigned char *at = bytes;
    uint64_t h = seed ^ mix(length ^ first, seed ^ second), part;
    for (; length > 8; at += 8, length -= 8) {
        memcpy(&part, at, 8);
        h = mix(h ^ part, seed ^ first);
    }
    part = 0;
    memcpy(&part, at, length);
    return mix(mix(h ^ part, seed ^ first), second);
}
