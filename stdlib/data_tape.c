/* SPDX-License-Identifier: MIT */
/* data_tape: see data_tape.h. Once memory is out all writers do nothing, so that only the end must be checked. */
#include "stdlib/data_tape.h"

#include <stdlib.h>
#include <string.h>

#include "sched/base/compiler.h"
#include "stdlib/cxx/json_parser.h"

enum { ROOM_MIN = 256 };

struct data_tape *data_tape_new(void)
{
    return calloc(1, sizeof(struct data_tape));
}

void data_tape_free(struct data_tape *tape)
{
    if (!tape)
        return;
    json_parser_free(tape->parser);
    free(tape->text);
    free(tape->own_words);
    free(tape->own_strings);
    free(tape);
}

bool data_tape_set_length(struct data_tape *tape, size_t length)
{
    if (length > SIZE_MAX / 4)
        return false;
    size_t needed = length + JSON_PARSER_PADDING;
    if (needed > tape->text_room) {
        size_t room = needed < ROOM_MIN ? ROOM_MIN : needed < 65536 ? needed * 2 : needed;
        char *text = malloc(room);
        if (!text)
            return false;
        free(tape->text);
        tape->text = text;
        tape->text_room = room;
    }
    tape->length = length;
    memset(tape->text + length, 0, JSON_PARSER_PADDING);
    return true;
}

void data_tape_trim(struct data_tape *tape)
{
    free(tape->text);
    tape->text = NULL;
    tape->text_room = 0;
    if (tape->parser)
        json_parser_trim(tape->parser);
}

size_t data_tape_size(const struct data_tape *tape)
{
    size_t size = tape->text ? tape->text_room : 0;
    if (tape->words)
        size += data_payload(tape->words[0]) * sizeof *tape->words;
    return size + (tape->string_count ? tape->string_count : tape->length);
}

/* ---- writing ---- */

/* The next `count` words, NULL when memory is out. */
static uint64_t *reserve(struct data_tape *tape, size_t count)
{
    if (unlikely(tape->word_room - tape->word_count < count)) {
        size_t room = tape->word_room ? tape->word_room * 2 : ROOM_MIN;
        room = room < tape->word_count + count ? tape->word_count + count : room;
        uint64_t *words = room <= UINT32_MAX ? realloc(tape->own_words, room * sizeof *words) : NULL;
        if (!words) {
            tape->is_full = true;
            return NULL;
        }
        tape->own_words = words;
        tape->word_room = room;
    }
    uint64_t *at = tape->own_words + tape->word_count;
    tape->word_count += count;
    return at;
}

static uint64_t make_word(enum data_tag tag, uint64_t payload)
{
    return (uint64_t)tag << 56 | payload;
}

static void put(struct data_tape *tape, enum data_tag tag, uint64_t payload)
{
    uint64_t *at = tape->is_full ? NULL : reserve(tape, 1);
    if (at)
        *at = make_word(tag, payload);
}

static void put_two(struct data_tape *tape, enum data_tag tag, uint64_t second)
{
    uint64_t *at = tape->is_full ? NULL : reserve(tape, 2);
    if (!at)
        return;
    at[0] = make_word(tag, 0);
    at[1] = second;
}

void data_tape_begin(struct data_tape *tape)
{
    tape->word_count = tape->string_count = 0;
    tape->is_full = false;
    tape->words = NULL;
    put(tape, DATA_ROOT, 0);
}

bool data_tape_end(struct data_tape *tape)
{
    put(tape, DATA_ROOT, 0);
    if (tape->is_full)
        return false;
    tape->own_words[0] = make_word(DATA_ROOT, tape->word_count);
    tape->words = tape->own_words;
    tape->strings = tape->own_strings;
    return true;
}

void data_tape_put(struct data_tape *tape, enum data_tag tag)
{
    put(tape, tag, 0);
}

void data_tape_put_integer(struct data_tape *tape, int64_t value)
{
    put_two(tape, DATA_INTEGER, (uint64_t)value);
}

void data_tape_put_unsigned(struct data_tape *tape, uint64_t value)
{
    put_two(tape, value > INT64_MAX ? DATA_UNSIGNED : DATA_INTEGER, value);
}

void data_tape_put_number(struct data_tape *tape, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_two(tape, DATA_NUMBER, bits);
}

static unsigned char *reserve_string(struct data_tape *tape, size_t size)
{
    if (tape->string_room - tape->string_count < size) {
        size_t room = tape->string_room ? tape->string_room * 2 : ROOM_MIN;
        room = room < tape->string_count + size ? tape->string_count + size : room;
        unsigned char *strings = realloc(tape->own_strings, room);
        if (!strings)
            return NULL;
        tape->own_strings = strings;
        tape->string_room = room;
    }
    return tape->own_strings + tape->string_count;
}

void data_tape_put_string(struct data_tape *tape, const char *data, size_t length)
{
    uint32_t length32 = (uint32_t)length;
    size_t size = sizeof length32 + length + 1;
    unsigned char *at = tape->is_full || length > UINT32_MAX ? NULL : reserve_string(tape, size);
    if (!at) {
        tape->is_full = true;
        return;
    }
    memcpy(at, &length32, sizeof length32);
    if (length)
        memcpy(at + sizeof length32, data, length);
    at[size - 1] = 0;
    put(tape, DATA_STRING, tape->string_count);
    tape->string_count += size;
}

size_t data_tape_open(struct data_tape *tape, enum data_tag tag)
{
    put(tape, tag, 0);
    return tape->word_count - 1;
}

void data_tape_close(struct data_tape *tape, size_t open, size_t count)
{
    if (tape->is_full)
        return;
    enum data_tag tag = data_tag(tape->own_words[open]);
    put(tape, tag == DATA_LIST ? DATA_LIST_END : DATA_MAP_END, open);
    uint64_t shown = count < DATA_COUNT_MAX ? count : DATA_COUNT_MAX;
    if (!tape->is_full)
        tape->own_words[open] = make_word(tag, shown << 32 | tape->word_count);
}

/* Moves the indices in the words [begin, end) by `delta`; a negative one wraps around, and back. */
static void relocate(uint64_t *words, size_t begin, size_t end, size_t delta)
{
    for (size_t i = begin; i < end; i++) {
        switch (data_tag(words[i])) {
        case DATA_LIST:
        case DATA_MAP:
        case DATA_LIST_END:
        case DATA_MAP_END:
            words[i] += delta;
            break;
        case DATA_INTEGER:
        case DATA_UNSIGNED:
        case DATA_NUMBER:
            i++;
            break;
        default:
            break;
        }
    }
}

void data_tape_put_words(struct data_tape *tape, size_t begin, size_t end)
{
    size_t count = end - begin, first = tape->word_count;
    uint64_t *at = tape->is_full ? NULL : reserve(tape, count);
    if (!at)
        return;
    memcpy(at, tape->own_words + begin, count * sizeof *at);
    relocate(tape->own_words, first, first + count, first - begin);
}

void data_tape_remove_words(struct data_tape *tape, size_t begin, size_t end)
{
    if (tape->is_full)
        return;
    size_t count = end - begin, after = tape->word_count - end;
    memmove(tape->own_words + begin, tape->own_words + end, after * sizeof *tape->own_words);
    tape->word_count -= count;
    relocate(tape->own_words, begin, begin + after, 0 - count);
}

size_t data_tape_skip(const uint64_t *words, size_t at)
{
    switch (data_tag(words[at])) {
    case DATA_LIST:
    case DATA_MAP:
        return (uint32_t)words[at];
    case DATA_INTEGER:
    case DATA_UNSIGNED:
    case DATA_NUMBER:
        return at + 2;
    default:
        return at + 1;
    }
}
