/* SPDX-License-Identifier: MIT */
/* codec_write: writing the pieces of an encoding (codec_wire.h), for the codec_*.c files. */
#ifndef VM_CODEC_WRITE_H
#define VM_CODEC_WRITE_H

#include "vm/codec_wire.h"

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

#endif
