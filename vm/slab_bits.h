/* SPDX-License-Identifier: MIT */
/*
 * slab_bits: the bitmap of a slab, one bit per unit, set when the unit is in use. Bit 0 is always set.
 */
#ifndef VM_SLAB_BITS_H
#define VM_SLAB_BITS_H

#include <stdbool.h>
#include <stdint.h>

enum { SLAB_BITS = 2048 };

/* The first unit at or after `from` whose bit is not `bit`; SLAB_BITS if there is none. */
static inline unsigned slab_bits_skip(const uint64_t *busy, unsigned from, bool bit)
{
    for (unsigned word = from / 64; word < SLAB_BITS / 64; word++) {
        uint64_t other = bit ? ~busy[word] : busy[word];
        if (word == from / 64)
            other &= ~UINT64_C(0) << (from % 64);
        if (other)
            return word * 64 + (unsigned)__builtin_ctzll(other);
    }
    return SLAB_BITS;
}

/* The first free run of `units`, or 0. */
static inline unsigned slab_bits_find(const uint64_t *busy, unsigned units)
{
    unsigned start = 1;
    while (start + units <= SLAB_BITS) {
        start = slab_bits_skip(busy, start, true);
        unsigned end = slab_bits_skip(busy, start, false);
        if (end - start >= units)
            return start;
        start = end;
    }
    return 0;
}

static inline void slab_bits_flip(uint64_t *busy, unsigned start, unsigned units)
{
    for (unsigned i = start; i < start + units; i++)
        busy[i / 64] ^= UINT64_C(1) << (i % 64);
}

static inline bool slab_bits_are(const uint64_t *busy, unsigned start, unsigned units, bool bit)
{
    return slab_bits_skip(busy, start, bit) >= start + units;
}

#endif
