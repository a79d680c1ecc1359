/* SPDX-License-Identifier: MIT */
/*
 * string_search: plain search for a string in a string, linear, in bounded pieces. A needle up to 1 KB is found with
 * memmem over windows; a longer one by comparing rolling hashes (Karp and Rabin 1987, modulus 2^61 - 1).
 */
#ifndef STDLIB_STRING_SEARCH_H
#define STDLIB_STRING_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct string_search {
    const char *text, *needle;
    size_t length, needle_length;
    size_t at;       /* result, or the first position not yet excluded */
    size_t hashed;   /* long needles: bytes of the needle hashed so far */
    uint64_t hash;   /* of the text at `at` */
    uint64_t wanted; /* of the needle */
    uint64_t power;  /* base ^ (needle_length - 1) */
    size_t compared; /* equal hashes: bytes compared so far */
};

enum string_search_result { SEARCH_NO, SEARCH_YES, SEARCH_MORE };

/*
 * The first occurrence of needle in text, NULL: none. Both so short (string_search_is_short) that it takes a few
 * microseconds at most.
 */
const char *string_search_short(const char *text, size_t length, const char *needle, size_t needle_length);

enum { SEARCH_SHORT = 1024, SEARCH_WINDOW = 16384 };

static inline bool string_search_is_short(size_t length, size_t needle_length)
{
    return needle_length <= SEARCH_SHORT && length <= SEARCH_WINDOW;
}

/* Search from position `from` <= length on. The strings must stay in place. */
void string_search_init(struct string_search *search, const char *text, size_t length, const char *needle,
                        size_t needle_length, size_t from);

/* A bounded piece of work, a few microseconds. SEARCH_YES: found at search->at. */
enum string_search_result string_search_run(struct string_search *search);

#endif
