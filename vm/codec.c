/* SPDX-License-Identifier: MIT */
/*
 * codec: byte strings and the writers for C code that has no lua_State. The encoder is in codec_encode.c, the decoder in
 * codec_decode.c, views in codec_view.c, error objects in codec_error.c; codec_wire.h has the format.
 */
#include "vm/codec.h"

#include <stdlib.h>

#include "vm/codec_write.h"
#include "vm/error.h"

enum { BYTES_MIN = 128 };

const char *codec_message(enum codec_status status)
{
    switch (status) {
    case CODEC_OK:
        return "no error";
    case CODEC_MORE:
        return "not finished";
    case CODEC_DEPTH:
        return "value nested deeper than 128 levels";
    case CODEC_SIZE:
        return "value larger than 16 MB";
    case CODEC_MEMORY:
        return "out of memory";
    case CODEC_CORRUPT:
        return "corrupt encoding";
    case CODEC_CYCLE:
        return "a table contains itself";
    }
    return "unknown";
}

void codec_bytes_free(struct codec_bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct codec_bytes){0};
}

bool codec_bytes_reserve(struct codec_bytes *bytes, size_t more)
{
    if (bytes->capacity - bytes->length >= more)
        return true;
    if (more > SIZE_MAX / 4 - bytes->length)
        return false;
    size_t capacity = bytes->capacity ? bytes->capacity : BYTES_MIN / 2;
    do
        capacity *= 2;
    while (capacity < bytes->length + more);
    unsigned char *data = realloc(bytes->data, capacity);
    if (!data)
        return false;
    bytes->data = data;
    bytes->capacity = capacity;
    return true;
}

/* Where to write up to `size` bytes, NULL when memory is out. */
static unsigned char *room(struct codec_bytes *out, size_t size)
{
    return codec_bytes_reserve(out, size) ? out->data + out->length : NULL;
}

static bool put_tag(struct codec_bytes *out, unsigned tag)
{
    unsigned char *at = room(out, 1);
    if (!at)
        return false;
    *at = (unsigned char)tag;
    out->length++;
    return true;
}

bool codec_begin(struct codec_bytes *out, int count)
{
    unsigned char *at = room(out, 5);
    if (!at)
        return false;
    out->length += wire_write_count(at, (uint32_t)count);
    return true;
}

bool codec_put_nil(struct codec_bytes *out)
{
    return put_tag(out, WIRE_NIL);
}

bool codec_put_boolean(struct codec_bytes *out, bool value)
{
    return put_tag(out, value ? WIRE_TRUE : WIRE_FALSE);
}

bool codec_put_integer(struct codec_bytes *out, int64_t value)
{
    unsigned char *at = room(out, WIRE_SCALAR_MAX);
    if (!at)
        return false;
    out->length += wire_write_integer(at, value);
    return true;
}

bool codec_put_number(struct codec_bytes *out, double value)
{
    unsigned char *at = room(out, WIRE_SCALAR_MAX);
    if (!at)
        return false;
    out->length += wire_write_number(at, value);
    return true;
}

bool codec_put_string(struct codec_bytes *out, const char *data, size_t length)
{
    unsigned char *at = length <= UINT32_MAX ? room(out, length + 5) : NULL;
    if (!at)
        return false;
    size_t head = wire_write_string_head(at, length);
    if (length)
        memcpy(at + head, data, length);
    out->length += head + length;
    return true;
}

bool codec_put_table(struct codec_bytes *out, uint32_t narr, uint32_t nhash)
{
    unsigned char *at = room(out, WIRE_TABLE32_SIZE);
    if (!at)
        return false;
    out->length += wire_write_table_head(at, narr, nhash);
    return true;
}

bool codec_put_error(struct codec_bytes *out, const char *kind, const char *message, int retryable)
{
    return codec_put_error_text(out, kind, message, strlen(message), retryable);
}

bool codec_put_error_text(struct codec_bytes *out, const char *kind, const char *message, size_t length, int retryable)
{
    struct error_parts parts = {.retryable = (int8_t)retryable};
    parts.text[ERROR_TEXT_KIND] = (struct error_text){kind, strlen(kind)};
    parts.text[ERROR_TEXT_MESSAGE] = (struct error_text){message, length};
    size_t size = wire_error_size(&parts);
    unsigned char *at = room(out, size);
    if (!at)
        return false;
    wire_write_error(at, &parts);
    out->length += size;
    return true;
}
