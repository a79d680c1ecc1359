/* SPDX-License-Identifier: MIT */
/* links: sched_base */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "sched/base/hash.h"

enum { LONGEST = 40 };

/* Bytes that end where their memory ends, so that sanitizers see a read behind them. */
static unsigned char *bytes_of(size_t length)
{
    unsigned char *bytes = malloc(length ? length : 1);
    for (size_t i = 0; i < length; i++)
        bytes[i] = (unsigned char)(i * 37);
    return bytes;
}

Test(hash, every_bit_of_every_byte_counts)
{
    for (size_t length = 0; length < LONGEST; length++) {
        unsigned char *bytes = bytes_of(length);
        uint64_t hash = hash_bytes(1, bytes, length);
        cr_assert_eq(hash_bytes(1, bytes, length), hash);
        cr_assert_neq(hash_bytes(2, bytes, length), hash, "the seed counts");
        for (size_t bit = 0; bit < 8 * length; bit++) {
            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
            cr_assert_neq(hash_bytes(1, bytes, length), hash, "bit %zu of %zu bytes", bit, length);
            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
        free(bytes);
    }
}

Test(hash, the_length_counts)
{
    static const unsigned char zeros[LONGEST];
    for (size_t a = 0; a <= LONGEST; a++)
        for (size_t b = 0; b < a; b++)
            cr_assert_neq(hash_bytes(7, zeros, a), hash_bytes(7, zeros, b), "%zu and %zu bytes", a, b);
}

/* Names that programs have: as many in each bucket as chance would put there, give or take. */
Test(hash, similar_names_are_spread)
{
    enum { NAMES = 1 << 16, BUCKETS = 1 << 10 };
    static unsigned counts[BUCKETS];
    for (unsigned i = 0; i < NAMES; i++) {
        char name[] = "app.core:worker_0000";
        for (unsigned digit = 0; digit < 4; digit++)
            name[16 + digit] = (char)('a' + (i >> 4 * digit & 15));
        counts[hash_bytes(0, name, sizeof name - 1) % BUCKETS]++;
    }
    for (unsigned i = 0; i < BUCKETS; i++)
        cr_assert(counts[i] > 16 && counts[i] < 160, "%u in bucket %u", counts[i], i);
}
