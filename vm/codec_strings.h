/* SPDX-License-Identifier: MIT */
/*
 * codec_strings: the strings that an encoder has met, so that those that come again and again (the keys of records, the words of an
 * enumeration) are written once and then by their number, a byte each, and the decoder need not look them up again either.
 *
 * A string is known by its address: equal short strings of a state are one object. So the addresses must stay those of the same strings:
 * whenever the collector may have run, everything is forgotten; the numbers given so far stay valid.
 */
#ifndef VM_CODEC_STRINGS_H
#define VM_CODEC_STRINGS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    CODEC_STRINGS_MAX = 47,     /* numbers: what is left of the tags (codec_wire.h) */
    CODEC_STRINGS_SLOTS = 128,  /* open addressing, linear probing: less than half full */
    CODEC_STRINGS_RECENT = 256, /* strings met once */
};

struct codec_strings {
    bool is_on;
    uint8_t count;                         /* numbers given */
    uint8_t number[CODEC_STRINGS_SLOTS];   /* of kept[i] */
    uint16_t recent[CODEC_STRINGS_RECENT]; /* parts of addresses; who is taken for another is only kept too early */
    const char *kept[CODEC_STRINGS_SLOTS]; /* NULL: free */
};

/* Not in use; nothing else of the struct is set. */
static inline void codec_strings_init(struct codec_strings *strings)
{
    strings->is_on = false;
    strings->count = 0;
}

/* From now on strings are looked for. */
void codec_strings_start(struct codec_strings *strings);

/* The addresses mean nothing any more. */
void codec_strings_forget(struct codec_strings *strings);

static inline unsigned codec_strings_hash(const char *text)
{
    return (uint32_t)((uintptr_t)text >> 3) * 0x9e3779b1u >>
           24; /* all are aligned alike; the upper bits have been mixed best */
}

static inline unsigned codec_strings_slot(unsigned hash)
{
    return hash / (CODEC_STRINGS_RECENT / CODEC_STRINGS_SLOTS);
}

/* The number of the string, or -1. */
static inline int codec_strings_find(const struct codec_strings *strings, const char *text)
{
    unsigned at = codec_strings_slot(codec_strings_hash(text));
    while (strings->kept[at] != text) {
        if (!strings->kept[at])
            return -1;
        at = (at + 1) % CODEC_STRINGS_SLOTS;
    }
    return strings->number[at];
}

/*
 * Notes a string that has no number. True: it has the next number now. That happens when it is met again, or at once for one that is expected
 * to come again, as long as there are numbers.
 */
bool codec_strings_note(struct codec_strings *strings, const char *text, bool expected);

#endif
