/* SPDX-License-Identifier: MIT */
/*
 * codec_strings: see codec_strings.h. Most strings of a value are met once. Those leave nothing but a mark in `recent`, where a later one may
 * overwrite it; what has a number stays.
 */
#include "vm/codec_strings.h"

#include <string.h>

void codec_strings_start(struct codec_strings *strings)
{
    strings->is_on = true;
    codec_strings_forget(strings);
}

void codec_strings_forget(struct codec_strings *strings)
{
    if (!strings->is_on)
        return;
    memset(strings->kept, 0, sizeof strings->kept);
    memset(strings->recent, 0, sizeof strings->recent);
}

bool codec_strings_note(struct codec_strings *strings, const char *text, bool expected)
{
    if (strings->count == CODEC_STRINGS_MAX)
        return false;
    unsigned hash = codec_strings_hash(text);
    uint16_t mark = (uint16_t)((uintptr_t)text >> 3 | 1); /* 0: none */
    uint16_t *recent = &strings->recent[hash];
    if (!expected && *recent != mark) {
        *recent = mark;
        return false;
    }
    unsigned at = codec_strings_slot(hash);
    while (strings->kept[at])
        at = (at + 1) % CODEC_STRINGS_SLOTS;
    strings->kept[at] = text;
    strings->number[at] = strings->count++;
    return true;
}
