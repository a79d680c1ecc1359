/* SPDX-License-Identifier: MIT */
/* hash: folded 128-bit products of eight bytes at a time, in the manner of wyhash (Wang Yi). */
#include "sched/base/hash.h"

#include <string.h>

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t word(const unsigned char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* Fewer than eight bytes, each of them in some place. */
static uint64_t few(const unsigned char *at, size_t length)
{
    uint32_t first = 0, last = 0;
    if (length >= sizeof first) {
        memcpy(&first, at, sizeof first);
        memcpy(&last, at + length - sizeof last, sizeof last);
        return (uint64_t)last << 32 | first;
    }
    return length ? at[0] | (uint64_t)at[length / 2] << 8 | (uint64_t)at[length - 1] << 16 : 0;
}

uint64_t hash_bytes(uint64_t seed, const void *bytes, size_t length)
{
    static const uint64_t first = 0x9e3779b97f4a7c15, second = 0xe7037ed1a0b428db;
    const unsigned char *at = bytes, *end = at + length;
    uint64_t h = seed ^ mix(length ^ first, seed ^ second);
    if (length < 8)
        return mix(mix(h ^ few(at, length), seed ^ first), second);
    for (; end - at > 8; at += 8)
        h = mix(h ^ word(at), seed ^ first);
    return mix(mix(h ^ word(end - 8), seed ^ first), second); /* the last word overlaps the one before it */
}
