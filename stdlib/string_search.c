/* SPDX-License-Identifier: MIT */
/*
 * Plain search. For long needles the steps are: hash the needle and the beginning of the text (hashed), then move on
 * byte by byte, and where the hashes agree, compare (compared). A false agreement costs time, never a wrong result.
 */
#include "stdlib/string_search.h"

#include <string.h>

enum { STEPS = 1024, CANDIDATES = 16 };

static const uint64_t prime = ((uint64_t)1 << 61) - 1;
static const uint64_t base = 0x0d1b54a32d192ed0 % (((uint64_t)1 << 61) - 1);

/* a * b modulo the prime; a, b below it. */
static uint64_t multiply(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    uint64_t sum = ((uint64_t)product & prime) + (uint64_t)(product >> 61);
    return sum >= prime ? sum - prime : sum;
}

static uint64_t append(uint64_t hash, char c)
{
    uint64_t sum = multiply(hash, base) + (unsigned char)c + 1;
    return sum >= prime ? sum - prime : sum;
}

/* The hash without its first character `c`. */
static uint64_t drop(const struct string_search *search, uint64_t hash, char c)
{
    uint64_t part = multiply(search->power, (uint64_t)(unsigned char)c + 1);
    return hash >= part ? hash - part : hash + prime - part;
}

void string_search_init(struct string_search *search, const char *text, size_t length, const char *needle,
                        size_t needle_length, size_t from)
{
    search->text = text;
    search->length = length;
    search->needle = needle;
    search->needle_length = needle_length;
    search->at = from;
    search->hashed = search->compared = 0;
    search->hash = search->wanted = 0;
    search->power = 1;
}

/*
 * memmem prepares a table first, which is too much for most searches: so look for the first character, until that fails
 * too often.
 */
const char *string_search_short(const char *text, size_t length, const char *needle, size_t needle_length)
{
    if (needle_length == 0)
        return text;
    for (unsigned n = 0; n < CANDIDATES && length >= needle_length; n++) {
        const char *found = memchr(text, *needle, length - needle_length + 1);
        if (!found || memcmp(found + 1, needle + 1, needle_length - 1) == 0)
            return found;
        length -= (size_t)(found + 1 - text);
        text = found + 1;
    }
    return length < needle_length ? NULL : memmem(text, length, needle, needle_length);
}

static enum string_search_result search_window(struct string_search *search)
{
    size_t left = search->length - search->at, size = left;
    if (size > SEARCH_WINDOW)
        size = SEARCH_WINDOW + search->needle_length - 1 < left ? SEARCH_WINDOW + search->needle_length - 1 : left;
    const char *from = search->text + search->at;
    const char *found = string_search_short(from, size, search->needle, search->needle_length);
    if (found) {
        search->at += (size_t)(found - from);
        return SEARCH_YES;
    }
    if (size == left)
        return SEARCH_NO;
    search->at += SEARCH_WINDOW;
    return SEARCH_MORE;
}

static enum string_search_result hash_both(struct string_search *search)
{
    size_t end = search->needle_length - search->hashed > STEPS ? search->hashed + STEPS : search->needle_length;
    for (size_t i = search->hashed; i < end; i++) {
        search->wanted = append(search->wanted, search->needle[i]);
        search->hash = append(search->hash, search->text[search->at + i]);
        if (i > 0)
            search->power = multiply(search->power, base);
    }
    search->hashed = end;
    return SEARCH_MORE;
}

/* The hashes agree at `at`: compares a piece. SEARCH_NO: the strings differ. */
static enum string_search_result compare(struct string_search *search)
{
    size_t left = search->needle_length - search->compared, size = left < SEARCH_WINDOW ? left : SEARCH_WINDOW;
    if (memcmp(search->text + search->at + search->compared, search->needle + search->compared, size) != 0)
        return SEARCH_NO;
    search->compared += size;
    return search->compared == search->needle_length ? SEARCH_YES : SEARCH_MORE;
}

static enum string_search_result search_long(struct string_search *search)
{
    if (search->hashed < search->needle_length)
        return hash_both(search);
    for (unsigned step = 0; step < STEPS; step++) {
        if (search->hash == search->wanted) {
            enum string_search_result result = compare(search);
            if (result != SEARCH_NO)
                return result;
            search->compared = 0;
        }
        if (search->length - search->at == search->needle_length)
            return SEARCH_NO;
        uint64_t rest = drop(search, search->hash, search->text[search->at]);
        search->hash = append(rest, search->text[search->at + search->needle_length]);
        search->at++;
    }
    return SEARCH_MORE;
}

enum string_search_result string_search_run(struct string_search *search)
{
    if (search->needle_length == 0)
        return SEARCH_YES;
    if (search->length - search->at < search->needle_length)
        return SEARCH_NO;
    return search->needle_length <= SEARCH_SHORT ? search_window(search) : search_long(search);
}
