/* SPDX-License-Identifier: MIT */
/*
 * slab_bits: the bitmap of a slab, one bit per unit, set when the unit is in use. Bit 0 is always set.
 */
#ifndef VM_SLAB_BITS_H
#define VM_SLAB_BITS_H

#include <stdbool.h>
#include <stdint.h>

enum { SLAB_BITS = 16384 };

/* The first unit at or after `from` whose bit is not `bit`; if there is none before `end`, at most SLAB_BITS, one that is not before it. */
static inline unsigned slab_bits_skip(const uint64_t *busy, unsigned from, unsigned end, bool bit)
{
    for (unsigned word = from / 64; word * 64 < end; word++) {
        uint64_t other = bit ? ~busy[word] : busy[word];
        if (word == from / 64)
            other &= ~UINT64_C(0) << (from % 64);
        if (other)
            return word * 64 + (unsigned)__builtin_ctzll(other);
    }
    return end;
}

/* The first free run of `units` at or after `from`, or 0. */
static inline unsigned slab_bits_find(const uint64_t *busy, unsigned from, unsigned units)
{
    unsigned start = from;
    while (start + units <= SLAB_BITS) {
        start = slab_bits_skip(busy, start, SLAB_BITS, true);
        if (start + units > SLAB_BITS)
            return 0;
        unsigned end = slab_bits_skip(busy, start, start + units, false);
        if (end - start >= units)
            return start;
        start = end;
    }
    return 0;
}

static inline void slab_bits_flip(uint64_t *busy, unsigned start, unsigned units)
{
    while (units > 0) {
        unsigned bit = start % 64, some = units < 64 - bit ? units : 64 - bit;
        busy[start / 64] ^= ~UINT64_C(0) >> (64 - some) << bit;
        start += some;
        units -= some;
    }
}

static inline bool slab_bits_are(const uint64_t *busy, unsigned start, unsigned units, bool bit)
{
    return slab_bits_skip(busy, start, start + units, bit) >= start + units;
}

#endif
