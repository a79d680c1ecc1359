/* SPDX-License-Identifier: MIT */
/*
 * codec_error: error objects in an encoding. The texts of an error object travel as they are, its details as the encoding
 * that the object keeps them in, so neither direction looks into them; they are checked when details() asks for them.
 *
 *   WIRE_ERROR, flags, varint lengths of the texts in the order of enum error_text_index, then their bytes
 */
#include "vm/codec_write.h"
#include "vm/error.h"

enum { FLAG_RETRYABLE = 1, FLAG_RETRYABLE_KNOWN = 2, FLAG_COROUTINE = 4, FLAGS = 7 };

static size_t varint_size(uint32_t value)
{
    unsigned char scratch[5];
    return wire_write_varint(scratch, value);
}

/* Texts are shorter than ERROR_TEXT_MAX (see error.c), so their lengths fit. */
static uint32_t text_length(const struct error_parts *parts, int i)
{
    size_t length = parts->text[i].length;
    return (uint32_t)(length < ERROR_TEXT_MAX ? length : ERROR_TEXT_MAX);
}

size_t wire_error_size(const struct error_parts *parts)
{
    size_t size = 2;
    for (int i = 0; i < ERROR_TEXTS; i++)
        size += varint_size(text_length(parts, i)) + text_length(parts, i);
    return size;
}

void wire_write_error(unsigned char *at, const struct error_parts *parts)
{
    *at++ = WIRE_ERROR;
    *at++ = (unsigned char)((parts->retryable > 0 ? FLAG_RETRYABLE : 0) |
                            (parts->retryable >= 0 ? FLAG_RETRYABLE_KNOWN : 0) |
                            (parts->in_coroutine ? FLAG_COROUTINE : 0));
    for (int i = 0; i < ERROR_TEXTS; i++)
        at += wire_write_varint(at, text_length(parts, i));
    for (int i = 0; i < ERROR_TEXTS; i++) {
        uint32_t length = text_length(parts, i);
        if (length)
            memcpy(at, parts->text[i].data, length);
        at += length;
    }
}

bool wire_read_error(struct wire_reader *reader, struct error_parts *parts)
{
    uint8_t flags;
    uint32_t lengths[ERROR_TEXTS];
    if (!wire_read_bytes(reader, &flags, 1) || flags > FLAGS)
        return false;
    parts->retryable = (int8_t)(flags & FLAG_RETRYABLE_KNOWN ? flags & FLAG_RETRYABLE : -1);
    parts->in_coroutine = flags & FLAG_COROUTINE;
    for (int i = 0; i < ERROR_TEXTS; i++) {
        if (!wire_read_varint(reader, &lengths[i]) || lengths[i] > ERROR_TEXT_MAX)
            return false;
    }
    for (int i = 0; i < ERROR_TEXTS; i++) {
        if (wire_left(reader) < lengths[i])
            return false;
        parts->text[i] = (struct error_text){(const char *)reader->at, lengths[i]};
        reader->at += lengths[i];
    }
    return true;
}
