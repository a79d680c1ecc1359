/* SPDX-License-Identifier: MIT */
/*
 * bytes: comparing and copying short names, on the path of every message. A call of memcmp costs as much as all the rest of finding one of a few.
 */
#ifndef SCHED_BASE_BYTES_H
#define SCHED_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t bytes_word(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static inline uint32_t bytes_half(const char *at)
{
    uint32_t half;
    memcpy(&half, at, sizeof half);
    return half;
}

/* Are the first `length` bytes the same? Word by word; the last word overlaps the one before it. */
static inline bool bytes_equal(const char *a, const char *b, size_t length)
{
    if (length >= sizeof(uint64_t)) {
        size_t last = length - sizeof(uint64_t);
        for (size_t i = 0; i < last; i += sizeof(uint64_t))
            if (bytes_word(a + i) != bytes_word(b + i))
                return false;
        return bytes_word(a + last) == bytes_word(b + last);
    }
    if (length >= sizeof(uint32_t)) {
        size_t last = length - sizeof(uint32_t);
        return bytes_half(a) == bytes_half(b) && bytes_half(a + last) == bytes_half(b + last);
    }
    size_t middle = length / 2;
    return length == 0 || (a[0] == b[0] && a[middle] == b[middle] && a[length - 1] == b[length - 1]);
}

/* As memcpy, for what is mostly short: two words that overlap, of the largest size that fits; or the first, middle and last byte. */
static inline void bytes_copy(void *restrict to, const void *restrict from, size_t length)
{
    char *at = to;
    const char *source = from;
    if (length > 2 * sizeof(uint64_t)) {
        memcpy(at, source, length);
    } else if (length >= sizeof(uint64_t)) {
        size_t last = length - sizeof(uint64_t);
        memcpy(at, source, sizeof(uint64_t));
        memcpy(at + last, source + last, sizeof(uint64_t));
    } else if (length >= sizeof(uint32_t)) {
        size_t last = length - sizeof(uint32_t);
        memcpy(at, source, sizeof(uint32_t));
        memcpy(at + last, source + last, sizeof(uint32_t));
    } else if (length > 0) {
        at[0] = source[0];
        at[length / 2] = source[length / 2];
        at[length - 1] = source[length - 1];
    }
}

#endif
