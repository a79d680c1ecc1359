/* SPDX-License-Identifier: MIT */
/*
 * codec_wire: the byte format of codec, shared by the codec_*.c files.
 *
 * An encoding is a head and `count` values. Head: one byte, the count in its low 7 bits (127: a uint32 with the count
 * follows), WIRE_HAS_REFS in its top bit. A value is a tag byte and what the tag says:
 *
 *   0x00..0x7f            the integer itself          WIRE_TABLE8/32  narr, nhash as uint8/uint32, then narr values
 *   0x80..0xbf            a string of tag-0x80 bytes                  for the keys 1..narr, then nhash key/value pairs
 *   WIRE_INT8..INT64      little endian two's         WIRE_REF        varint n: the n-th table or error object (from 0) in the
 *   WIRE_NUMBER           IEEE double                                 order in which they begin; needs WIRE_HAS_REFS
 *   WIRE_STRING8/32       length, bytes               WIRE_ERROR      see codec_error.c
 *                                                     WIRE_TYPE       uint32 length, a set of types (vm/typed.h); numbered too
 * Every value takes a byte or more, so a reader that counts the values it still owes (announced by open tables and the head) can
 * refuse a table that announces more than the rest could hold. Numbers are in the machine's byte order: it never leaves the OS process.
 */
#ifndef VM_CODEC_WIRE_H
#define VM_CODEC_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "vm/codec.h"

struct error_parts;

enum wire_tag {
    WIRE_INTEGER_MAX = 0x7f,
    WIRE_STRING = 0x80,
    WIRE_STRING_MAX = 0xbf,
    WIRE_NIL = 0xc0,
    WIRE_FALSE,
    WIRE_TRUE,
    WIRE_INT8,
    WIRE_INT16,
    WIRE_INT32,
    WIRE_INT64,
    WIRE_NUMBER,
    WIRE_STRING8,
    WIRE_STRING32,
    WIRE_TABLE8,
    WIRE_TABLE32,
    WIRE_REF,
    WIRE_ERROR,
    WIRE_TYPE
};

enum {
    WIRE_HAS_REFS = 0x80,
    WIRE_COUNT_LONG = 0x7f,
    WIRE_SCALAR_MAX = 9, /* bytes of the longest value that is not a string, table or error */
    WIRE_TABLE8_SIZE = 3,
    WIRE_TABLE32_SIZE = 9
};

/* ---- writing ---- */

/* Writes at most WIRE_SCALAR_MAX bytes, returns how many. */
static inline size_t wire_write_integer(unsigned char *at, int64_t value)
{
    if (value >= 0 && value <= WIRE_INTEGER_MAX) {
        at[0] = (unsigned char)value;
        return 1;
    }
    if (value == (int32_t)value) {
        int32_t v32 = (int32_t)value;
        bool is_8 = v32 == (int8_t)v32, is_16 = v32 == (int16_t)v32;
        at[0] = is_8 ? WIRE_INT8 : is_16 ? WIRE_INT16 : WIRE_INT32;
        memcpy(at + 1, &v32, 4);
        return is_8 ? 2 : is_16 ? 3 : 5;
    }
    at[0] = WIRE_INT64;
    memcpy(at + 1, &value, 8);
    return 9;
}

static inline size_t wire_write_number(unsigned char *at, double value)
{
    at[0] = WIRE_NUMBER;
    memcpy(at + 1, &value, 8);
    return 9;
}

/* The head of a string, at most 5 bytes. */
static inline size_t wire_write_string_head(unsigned char *at, size_t length)
{
    if (length <= WIRE_STRING_MAX - WIRE_STRING) {
        at[0] = (unsigned char)(WIRE_STRING + length);
        return 1;
    }
    uint32_t v32 = (uint32_t)length;
    at[0] = length <= UINT8_MAX ? WIRE_STRING8 : WIRE_STRING32;
    memcpy(at + 1, &v32, 4);
    return length <= UINT8_MAX ? 2 : 5;
}

static inline size_t wire_write_varint(unsigned char *at, uint32_t value) /* at most 5 bytes */
{
    size_t n = 0;
    for (; value > 0x7f; value >>= 7)
        at[n++] = (unsigned char)(value | 0x80);
    at[n++] = (unsigned char)value;
    return n;
}

size_t wire_write_table_head(unsigned char *at, uint32_t narr, uint32_t nhash);
size_t wire_write_count(unsigned char *at, uint32_t count);

/* Room for `more` bytes behind bytes->length; false when memory is out. */
bool codec_bytes_reserve(struct codec_bytes *bytes, size_t more);

/* Bytes that wire_write_error writes. */
size_t wire_error_size(const struct error_parts *parts);
void wire_write_error(unsigned char *at, const struct error_parts *parts);

/* ---- reading ---- */

struct wire_reader {
    const unsigned char *at, *end;
    uint64_t owed; /* values announced and not yet read */
};

static inline size_t wire_left(const struct wire_reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

static inline bool wire_read_bytes(struct wire_reader *reader, void *to, size_t size)
{
    if (wire_left(reader) < size)
        return false;
    memcpy(to, reader->at, size);
    reader->at += size;
    return true;
}

/* Reads the head and sets what is owed. False: corrupt. */
bool wire_read_head(struct wire_reader *reader, const void *data, size_t length, uint32_t *count, bool *has_refs);
bool wire_read_varint(struct wire_reader *reader, uint32_t *value);
/* Number tags (also the one-byte integers), string tags; the tag itself is read already. */
bool wire_read_integer(struct wire_reader *reader, unsigned tag, int64_t *value);
bool wire_read_string(struct wire_reader *reader, unsigned tag, const char **data, size_t *length);
/* Counts of a table, checked against what the input can still hold, and owed from now on. */
bool wire_read_table(struct wire_reader *reader, unsigned tag, uint32_t *narr, uint32_t *nhash);
bool wire_read_error(struct wire_reader *reader, struct error_parts *parts);
bool wire_read_type(struct wire_reader *reader, const char **data, size_t *length);

#endif
