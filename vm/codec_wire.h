/* SPDX-License-Identifier: MIT */
/*
 * codec_wire: the byte format of codec, shared by the codec_*.c files, and how it is read (codec_write.h: how it is written).
 *
 * An encoding is a head and `count` values. Head: one byte, the count in its low 6 bits (63: a uint32 with the count follows), WIRE_HAS_REFS and
 * WIRE_HAS_STRINGS above them. With WIRE_HAS_STRINGS a byte at the very end says how many strings are numbered. A value is a tag byte and what
 * the tag says:
 *
 *   0x00..0x7f            the integer itself          WIRE_TABLE8/32  narr, nhash as uint8/uint32, then narr values
 *   0x80..0xbf            a string of tag-0x80 bytes                  for the keys 1..narr, then nhash key/value pairs
 *   WIRE_INT8..INT64      little endian two's         WIRE_REF        varint n: the n-th table or error object (from 0) in the
 *   WIRE_NUMBER           IEEE double                                 order in which they begin; needs WIRE_HAS_REFS
 *   WIRE_STRING8/32       length, bytes               WIRE_ERROR      see codec_error.c
 *   WIRE_KEEP             a string, which gets the    WIRE_TYPE       uint32 length, a set of types (vm/typed.h); numbered too
 *                         next number, from 0         WIRE_KEPT + n   the n-th numbered string
 *   WIRE_FLAT8            as WIRE_TABLE8 (vm/flat.h)
 *
 * Numbered strings stand inside of tables only, so a reader that looks for top-level values need not know them.
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
    WIRE_TYPE,
    WIRE_FLAT8,
    WIRE_KEEP,
    WIRE_KEPT /* up to 0xff */
};

enum {
    WIRE_HAS_REFS = 0x80,
    WIRE_HAS_STRINGS = 0x40,
    WIRE_COUNT_LONG = 0x3f,
    WIRE_STRINGS_MAX = 0x100 - WIRE_KEPT, /* numbered */
    WIRE_SCALAR_MAX = 9,                  /* bytes of the longest value that is not a string, table or error */
    WIRE_TABLE8_SIZE = 3,
    WIRE_TABLE32_SIZE = 9
};

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

struct wire_head {
    uint32_t count;
    uint8_t strings; /* numbered ones */
    bool has_refs;
};

/* Reads the head, and what belongs to it at the end, and sets what is owed. False: corrupt. */
bool wire_read_head(struct wire_reader *reader, const void *data, size_t length, struct wire_head *head);
bool wire_read_varint(struct wire_reader *reader, uint32_t *value);
/* The integer behind a tag WIRE_INT8..WIRE_INT64; all its bytes, wire_integer_size of them, are there. */
static inline int64_t wire_integer_at(const unsigned char *at, unsigned tag)
{
    int16_t v16;
    int32_t v32;
    int64_t v64;
    switch (tag) {
    case WIRE_INT8:
        return (int8_t)at[0];
    case WIRE_INT16:
        return memcpy(&v16, at, sizeof v16), v16;
    case WIRE_INT32:
        return memcpy(&v32, at, sizeof v32), v32;
    default:
        return memcpy(&v64, at, sizeof v64), v64;
    }
}
static inline size_t wire_integer_size(unsigned tag)
{
    return (size_t)1 << (tag - WIRE_INT8);
}
/* Number tags (also the one-byte integers), string tags; the tag itself is read already. */
bool wire_read_integer(struct wire_reader *reader, unsigned tag, int64_t *value);
static inline bool wire_is_string(unsigned tag)
{
    return (tag >= WIRE_STRING && tag <= WIRE_STRING_MAX) || tag == WIRE_STRING8 || tag == WIRE_STRING32;
}
bool wire_read_string(struct wire_reader *reader, unsigned tag, const char **data, size_t *length);
static inline bool wire_is_table(unsigned tag)
{
    return tag == WIRE_TABLE8 || tag == WIRE_TABLE32 || tag == WIRE_FLAT8;
}
/* Counts of a table, checked against what the input can still hold, and owed from now on. */
static inline bool wire_owe(struct wire_reader *reader, uint32_t narr, uint32_t nhash)
{
    reader->owed += narr + 2 * (uint64_t)nhash;
    return reader->owed <= wire_left(reader);
}
bool wire_read_table32(struct wire_reader *reader, uint32_t *narr, uint32_t *nhash);
static inline bool wire_read_table(struct wire_reader *reader, unsigned tag, uint32_t *narr, uint32_t *nhash)
{
    if (tag == WIRE_TABLE32)
        return wire_read_table32(reader, narr, nhash);
    if (wire_left(reader) < 2)
        return false;
    *narr = reader->at[0];
    *nhash = reader->at[1];
    reader->at += 2;
    return wire_owe(reader, *narr, *nhash);
}
bool wire_read_error(struct wire_reader *reader, struct error_parts *parts);
bool wire_read_type(struct wire_reader *reader, const char **data, size_t *length);

#endif
