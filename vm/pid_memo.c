/* SPDX-License-Identifier: MIT */
/*
 * pid_memo: see pid_memo.h. The place of a text is a hash of the last eight digits, which name the slot and part of its generation; it may as
 * well lie in the place beside it. A text that comes new to such a pair goes to the first, and what was there moves over.
 */
#include "vm/pid_memo.h"

#include <string.h>

#include "sched/base/bytes.h"
#include "sched/base/compiler.h"

enum { LEAST = 9 /* eight digits and "}" */ };

static size_t place_of(const char *text, size_t length)
{
    return bytes_word(text + length - LEAST) * 0xff51afd7ed558ccdu >> 52;
}

static bool has(const struct pid_memo_place *place, const char *text, size_t length)
{
    return place->length == length && bytes_equal(place->text, text, length);
}

_Static_assert(PID_MEMO_PLACES == 1 << 12, "place_of gives twelve bits");

uint64_t pid_memo_find(const struct pid_memo *memo, const char *text, size_t length)
{
    if (length < LEAST)
        return 0;
    size_t at = place_of(text, length);
    const struct pid_memo_place *first = &memo->places[at], *second = &memo->places[at ^ 1];
    if (likely(has(first, text, length)))
        return first->pid;
    return has(second, text, length) ? second->pid : 0;
}

void pid_memo_keep(struct pid_memo *memo, const char *text, size_t length, uint64_t pid)
{
    if (length < LEAST || length > PID_MEMO_TEXT)
        return;
    size_t at = place_of(text, length);
    struct pid_memo_place *first = &memo->places[at];
    if (first->pid)
        memo->places[at ^ 1] = *first;
    first->pid = pid;
    first->length = (uint8_t)length;
    memcpy(first->text, text, length);
}
