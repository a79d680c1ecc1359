/* SPDX-License-Identifier: MIT */
/*
 * codec_wire: reading and writing the pieces of an encoding, without a lua_State. All reads check the bounds first.
 */
#include "vm/codec_write.h"

size_t wire_write_count(unsigned char *at, uint32_t count)
{
    if (count < WIRE_COUNT_LONG) {
        at[0] = (unsigned char)count;
        return 1;
    }
    at[0] = WIRE_COUNT_LONG;
    memcpy(at + 1, &count, 4);
    return 5;
}

size_t wire_write_table_head(unsigned char *at, uint32_t narr, uint32_t nhash)
{
    if (narr <= UINT8_MAX && nhash <= UINT8_MAX) {
        at[0] = WIRE_TABLE8;
        at[1] = (unsigned char)narr;
        at[2] = (unsigned char)nhash;
        return WIRE_TABLE8_SIZE;
    }
    at[0] = WIRE_TABLE32;
    memcpy(at + 1, &narr, 4);
    memcpy(at + 5, &nhash, 4);
    return WIRE_TABLE32_SIZE;
}

bool wire_read_head(struct wire_reader *reader, const void *data, size_t length, struct wire_head *head)
{
    reader->at = data;
    reader->end = reader->at + length;
    if (length == 0)
        return false;
    unsigned byte = *reader->at++;
    *head = (struct wire_head){.count = byte & WIRE_COUNT_LONG, .has_refs = byte & WIRE_HAS_REFS};
    if (byte & WIRE_HAS_STRINGS) {
        if (reader->at == reader->end)
            return false;
        head->strings = *--reader->end;
        if (head->strings == 0 || head->strings > WIRE_STRINGS_MAX)
            return false;
    }
    if (head->count == WIRE_COUNT_LONG && !wire_read_bytes(reader, &head->count, sizeof head->count))
        return false;
    reader->owed = head->count;
    return head->count <= wire_left(reader) && head->count <= INT32_MAX;
}

bool wire_read_varint(struct wire_reader *reader, uint32_t *value)
{
    uint32_t result = 0;
    for (unsigned shift = 0; shift < 35 && reader->at < reader->end; shift += 7) {
        unsigned byte = *reader->at++;
        if (shift == 28 && byte > 0x0f)
            return false;
        result |= (uint32_t)(byte & 0x7f) << shift;
        if (byte <= 0x7f) {
            *value = result;
            return true;
        }
    }
    return false;
}

bool wire_read_integer(struct wire_reader *reader, unsigned tag, int64_t *value)
{
    if (tag < WIRE_INT8 || tag > WIRE_INT64) {
        *value = (int64_t)tag;
        return tag <= WIRE_INTEGER_MAX;
    }
    if (wire_left(reader) < wire_integer_size(tag))
        return false;
    *value = wire_integer_at(reader->at, tag);
    reader->at += wire_integer_size(tag);
    return true;
}

bool wire_read_string(struct wire_reader *reader, unsigned tag, const char **data, size_t *length)
{
    uint8_t v8;
    uint32_t v32;
    if (tag == WIRE_STRING8) {
        if (!wire_read_bytes(reader, &v8, 1))
            return false;
        *length = v8;
    } else if (tag == WIRE_STRING32) {
        if (!wire_read_bytes(reader, &v32, 4))
            return false;
        *length = v32;
    } else {
        *length = tag - WIRE_STRING;
    }
    if (wire_left(reader) < *length)
        return false;
    *data = (const char *)reader->at;
    reader->at += *length;
    return true;
}

bool wire_read_table32(struct wire_reader *reader, uint32_t *narr, uint32_t *nhash)
{
    return wire_read_bytes(reader, narr, 4) && wire_read_bytes(reader, nhash, 4) && wire_owe(reader, *narr, *nhash);
}

bool wire_read_type(struct wire_reader *reader, const char **data, size_t *length)
{
    uint32_t v32;
    if (!wire_read_bytes(reader, &v32, sizeof v32) || wire_left(reader) < v32)
        return false;
    *data = (const char *)reader->at;
    *length = v32;
    reader->at += v32;
    return true;
}
