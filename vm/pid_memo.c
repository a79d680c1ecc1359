/* SPDX-License-Identifier: MIT */
/* pid_memo: see pid_memo.h. The place of a text is a hash of the last eight digits, which name the slot and part of its generation. */
#include "vm/pid_memo.h"

#include <string.h>

#include "sched/base/bytes.h"

enum { LEAST = 9 /* eight digits and "}" */ };

static size_t place_of(const char *text, size_t length)
{
    return bytes_word(text + length - LEAST) * 0x9e3779b97f4a7c15u >> 52;
}

_Static_assert(PID_MEMO_PLACES == 1 << 12, "place_of gives twelve bits");

uint64_t pid_memo_find(const struct pid_memo *memo, const char *text, size_t length)
{
    if (length < LEAST)
        return 0;
    size_t place = place_of(text, length);
    if (memo->places[place].length != length || !bytes_equal(memo->places[place].text, text, length))
        return 0;
    return memo->places[place].pid;
}

void pid_memo_keep(struct pid_memo *memo, const char *text, size_t length, uint64_t pid)
{
    if (length < LEAST || length > PID_MEMO_TEXT)
        return;
    size_t place = place_of(text, length);
    memo->places[place].pid = pid;
    memo->places[place].length = (uint8_t)length;
    memcpy(memo->places[place].text, text, length);
}
