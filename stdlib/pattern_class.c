/* SPDX-License-Identifier: MIT */
/*
 * Character classes and sets of Lua patterns as bit maps. A set is read twice, as the grammar of Lua needs it: first to
 * find its ']' (an escape hides the character behind it, the first character is never the end), then to collect its
 * elements (where the upper end of a range may be a '%'). Both passes keep their place in set->cursor.
 */
#include "stdlib/pattern.h"

#include <string.h>

enum { CHARS_PER_STEP = 4 };

static const struct pattern_bits classes[26] = {
    ['a' - 'a'] = {{0x0000000000000000, 0x07fffffe07fffffe}}, /* letters */
    ['c' - 'a'] = {{0x00000000ffffffff, 0x8000000000000000}}, /* control characters */
    ['d' - 'a'] = {{0x03ff000000000000, 0x0000000000000000}}, /* digits */
    ['g' - 'a'] = {{0xfffffffe00000000, 0x7fffffffffffffff}}, /* printable, no space */
    ['l' - 'a'] = {{0x0000000000000000, 0x07fffffe00000000}}, /* lower case */
    ['p' - 'a'] = {{0xfc00fffe00000000, 0x78000001f8000001}}, /* punctuation */
    ['s' - 'a'] = {{0x0000000100003e00, 0x0000000000000000}}, /* white space */
    ['u' - 'a'] = {{0x0000000000000000, 0x0000000007fffffe}}, /* upper case */
    ['w' - 'a'] = {{0x03ff000000000000, 0x07fffffe07fffffe}}, /* letters and digits */
    ['x' - 'a'] = {{0x03ff000000000000, 0x0000007e0000007e}}, /* hexadecimal digits */
    ['z' - 'a'] = {{0x0000000000000001, 0x0000000000000000}}, /* NUL (deprecated, still in 5.3) */
};

const struct pattern_bits *pattern_class(unsigned char letter, bool *negate)
{
    unsigned index = (letter | 0x20u) - 'a';
    if (index >= 26 || !(classes[index].word[0] | classes[index].word[1]))
        return NULL;
    *negate = !(letter & 0x20);
    return &classes[index];
}

static void add_char(struct pattern_bits *bits, unsigned char c)
{
    bits->word[c >> 6] |= (uint64_t)1 << (c & 63);
}

/* Word `index` of the bits 0..c. */
static uint64_t mask_up_to(unsigned c, unsigned index)
{
    if (c >= index * 64 + 63)
        return UINT64_MAX;
    return c < index * 64 ? 0 : UINT64_MAX >> (63 - (c & 63));
}

static void add_range(struct pattern_bits *bits, unsigned char low, unsigned char high)
{
    for (unsigned i = 0; low <= high && i < 4; i++)
        bits->word[i] |= mask_up_to(high, i) & ~(low ? mask_up_to(low - 1u, i) : 0);
}

static void add_class(struct pattern_bits *bits, unsigned char letter)
{
    bool negate;
    const struct pattern_bits *members = pattern_class(letter, &negate);
    if (!members) {
        add_char(bits, letter);
        return;
    }
    for (unsigned i = 0; i < 4; i++)
        bits->word[i] |= negate ? ~members->word[i] : members->word[i];
}

/* Adds the element at `c`; `last` is the ']' of the set. Returns the next element. */
static const char *add_element(struct pattern_bits *bits, const char *c, const char *last)
{
    if (*c == '%') {
        add_class(bits, (unsigned char)c[1]);
        return c + 2;
    }
    if (last - c > 2 && c[1] == '-') {
        add_range(bits, (unsigned char)c[0], (unsigned char)c[2]);
        return c + 3;
    }
    add_char(bits, (unsigned char)*c);
    return c + 1;
}

/* The first element of the set. */
static const char *first_element(const struct pattern_set *set, const char *pattern_end)
{
    const char *c = set->at + 1;
    return c < pattern_end && *c == '^' ? c + 1 : c;
}

void pattern_set_begin(struct pattern_set *set, const char *at, const char *pattern_end)
{
    set->at = at;
    set->end = NULL;
    set->cursor = first_element(set, pattern_end);
    set->is_ready = false;
}

/* Where a pass from `c` to `end` pauses at the latest. */
static const char *pause_at(const char *c, const char *end, int steps)
{
    ptrdiff_t room = ((ptrdiff_t)(steps > 0 ? steps : 0) + 16) * CHARS_PER_STEP;
    return end - c > room ? c + room : end;
}

static enum pattern_result find_end(struct pattern_set *set, const char *pattern_end, int *steps)
{
    const char *c = set->cursor, *pause = pause_at(c, pattern_end, *steps);
    do {
        if (c >= pause) {
            *steps -= (int)((c - set->cursor) / CHARS_PER_STEP);
            set->cursor = c;
            return c == pattern_end ? PATTERN_BAD : PATTERN_MORE;
        }
        if (*c++ == '%' && c < pattern_end)
            c++;
    } while (c == pattern_end || *c != ']');
    *steps -= (int)((c - set->cursor) / CHARS_PER_STEP);
    set->end = c + 1;
    set->cursor = first_element(set, pattern_end);
    memset(&set->bits, 0, sizeof set->bits);
    return PATTERN_YES;
}

enum pattern_result pattern_set_decode(struct pattern_set *set, const char *pattern_end, int *steps)
{
    if (!set->end) {
        enum pattern_result result = find_end(set, pattern_end, steps);
        if (result != PATTERN_YES)
            return result;
    }
    const char *last = set->end - 1, *c = set->cursor;
    const char *pause = pause_at(c, last, *steps);
    while (c < pause)
        c = add_element(&set->bits, c, last);
    *steps -= (int)((c - set->cursor) / CHARS_PER_STEP);
    set->cursor = c;
    if (c < last)
        return PATTERN_MORE;
    for (unsigned i = 0; set->at[1] == '^' && i < 4; i++)
        set->bits.word[i] = ~set->bits.word[i];
    set->is_ready = true;
    return PATTERN_YES;
}
