/* SPDX-License-Identifier: MIT */
/*
 * pattern_machine: what the two halves of the matcher share: pattern.c (single characters, repetition, search) and
 * pattern_special.c (captures, %b, %f, back references). Only they include it.
 */
#ifndef STDLIB_PATTERN_MACHINE_H
#define STDLIB_PATTERN_MACHINE_H

#include <stdbool.h>

#include "stdlib/pattern.h"

/* What the parts of the machine answer. */
enum pattern_go { GO_ON, GO_FAILED, GO_MATCHED, GO_MORE, GO_BAD };

enum pattern_frame_kind {
    FRAME_MAX,    /* `*`, `+`: s and count characters more have been taken, p is the rest; give one back */
    FRAME_MIN,    /* `-`: s is where the rest was tried, p the item; take one more */
    FRAME_OPTION, /* `?`: continue at s with the rest p, without the item */
    FRAME_OPENED, /* undo the beginning of a capture */
    FRAME_CLOSED, /* undo the end of capture number `count` */
};

/* Characters of a plain loop, and of a memchr or memcmp, that count as one step. */
enum { PATTERN_CHARS_PER_STEP = 4, PATTERN_SCAN_PER_STEP = 64 };

/* One item that stands for a single character. */
struct pattern_item {
    const char *end;
    const struct pattern_bits *bits; /* NULL: see any and c */
    bool negate;                     /* of bits */
    bool any;
    char c;
};

static inline bool pattern_accepts(const struct pattern_item *item, char c)
{
    if (item->bits)
        return pattern_bits_has(item->bits, (unsigned char)c) != item->negate;
    return item->any || item->c == c;
}

/* Where a character loop from `from` to `end` stops at the latest in this run. */
static inline const char *pattern_pause(const struct pattern *m, const char *from, const char *end)
{
    ptrdiff_t most = ((ptrdiff_t)(m->steps > 0 ? m->steps : 0) + 16) * PATTERN_CHARS_PER_STEP;
    return end - from > most ? from + most : end;
}

/* The same in the other direction: the least count that a loop down from `count` reaches. */
static inline size_t pattern_pause_down(const struct pattern *m, size_t count)
{
    size_t most = ((size_t)(m->steps > 0 ? m->steps : 0) + 16) * PATTERN_CHARS_PER_STEP;
    return count > most ? count - most : 0;
}

static inline void pattern_pay(struct pattern *m, ptrdiff_t characters)
{
    m->steps -= (int)(characters / PATTERN_CHARS_PER_STEP);
}

/* Notes what is wrong with the pattern; GO_BAD. */
enum pattern_go pattern_bad(struct pattern *m, const char *error);

/* A new frame on top, count 0, want -1. GO_ON or GO_BAD (too many). */
enum pattern_go pattern_push(struct pattern *m, enum pattern_frame_kind kind, const char *s, const char *p);

/* Reads the set at p. GO_ON, GO_MORE or GO_BAD. */
enum pattern_go pattern_read_set(struct pattern *m, const char *p, struct pattern_item *item);

/* The innermost capture that has no end yet, or -1. */
int pattern_open_capture(const struct pattern *m);

/* Items that stand for more or less than one character; true if there was one at m->p, *go is its answer then. */
bool pattern_match_special(struct pattern *m, enum pattern_go *go);

#endif
