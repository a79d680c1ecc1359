/* SPDX-License-Identifier: MIT */
/*
 * data_tape: a parsed text (JSON, YAML, MessagePack) as a flat array of words, made by C code that knows no Lua, on whatever thread.
 * stdlib/data_build.h makes Lua values of it, in slices.
 *
 * Format: simdjson's, so what it makes need not be converted. A word is a tag in the highest byte and a payload. The first is a root
 * whose payload is the number of words, the last a root too; between them lies one value:
 *
 *   n t f      null, true, false
 *   l u d      integer, unsigned integer above INT64_MAX, double: in the next word
 *   "          string: offset in `strings` of its length (4 bytes), bytes, NUL
 *   [ {        payload: low 32 bits the index after the closing word, next 24 bits the count (of values; of pairs), at most 0xffffff
 *   ] }        payload: index of the opening word
 *   ?          not simdjson's: before a pair that counts only if the map has no such key yet (YAML's merges)
 *
 * A map is keys (scalars but null and NaN; strings in JSON and YAML) and values in turn. Of equal keys the last counts.
 */
#ifndef STDLIB_DATA_TAPE_H
#define STDLIB_DATA_TAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/local.h"

struct json_parser;

enum data_tag {
    DATA_ROOT = 'r',
    DATA_NULL = 'n',
    DATA_TRUE = 't',
    DATA_FALSE = 'f',
    DATA_INTEGER = 'l',
    DATA_UNSIGNED = 'u',
    DATA_NUMBER = 'd',
    DATA_STRING = '"',
    DATA_LIST = '[',
    DATA_LIST_END = ']',
    DATA_MAP = '{',
    DATA_MAP_END = '}',
    DATA_WEAK = '?'
};

enum { DATA_MAX_DEPTH = 128, DATA_COUNT_MAX = 0xffffff };

static inline enum data_tag data_tag(uint64_t word)
{
    return (enum data_tag)(word >> 56);
}

static inline uint64_t data_payload(uint64_t word)
{
    return word & 0x00ffffffffffffffu;
}

/* Of an opening word. */
static inline uint32_t data_count(uint64_t word)
{
    return (uint32_t)(word >> 32) & DATA_COUNT_MAX;
}

/* The text, whoever fills the tape from it, and the tape. Fields are read by all; `words` and `strings` are set when it is done. */
struct data_tape {
    struct local_item item; /* for who keeps it on a worker's shelf */
    char *text;             /* followed by zero bytes, as many as simdjson wants */
    size_t length, text_room;
    const uint64_t *words;
    const unsigned char *strings;
    struct json_parser *parser; /* of json_read, or NULL */
    /* what data_tape_put_… write */
    uint64_t *own_words;
    unsigned char *own_strings;
    size_t word_count, word_room, string_count, string_room;
    bool is_full; /* memory was out: what was put since is missing */
};

/* NULL when memory is out. */
struct data_tape *data_tape_new(void);
void data_tape_free(struct data_tape *tape); /* NULL is allowed */

/* Makes room for a text of that length, which the caller copies to tape->text; false when memory is out. The former text is lost. */
bool data_tape_set_length(struct data_tape *tape, size_t length);

/* Keeps the words and strings only. */
void data_tape_trim(struct data_tape *tape);

/* Bytes that it holds: what is written, not what is reserved. */
size_t data_tape_size(const struct data_tape *tape);

/* ---- writing a tape ---- */

/* Empties the tape and writes the first root; the last, and `words` and `strings` are set. False: memory was out. */
void data_tape_begin(struct data_tape *tape);
bool data_tape_end(struct data_tape *tape);

/* DATA_NULL, DATA_TRUE, DATA_FALSE, DATA_WEAK. */
void data_tape_put(struct data_tape *tape, enum data_tag tag);
void data_tape_put_integer(struct data_tape *tape, int64_t value);
void data_tape_put_unsigned(struct data_tape *tape, uint64_t value);
void data_tape_put_number(struct data_tape *tape, double value);
void data_tape_put_string(struct data_tape *tape, const char *data, size_t length);

/* A list or map begins; gives what data_tape_close wants. */
size_t data_tape_open(struct data_tape *tape, enum data_tag tag);
void data_tape_close(struct data_tape *tape, size_t open, size_t count);

/* Words [begin, end) once more, or not any more; whole values: what lists and maps point to is made right. */
void data_tape_put_words(struct data_tape *tape, size_t begin, size_t end);
void data_tape_remove_words(struct data_tape *tape, size_t begin, size_t end);

/* The index after the value that begins at `at`. */
size_t data_tape_skip(const uint64_t *words, size_t at);

#endif
