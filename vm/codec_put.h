/* SPDX-License-Identifier: MIT */
/*
 * codec_put: how an encoder (codec_cursor.h) writes a value that is no table: to its own bytes, which grow. For codec_encode.c; the pieces themselves
 * are those of codec_write.h.
 */
#ifndef VM_CODEC_PUT_H
#define VM_CODEC_PUT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <lua.h>

#include "sched/base/compiler.h"
#include "vm/codec_cursor.h"
#include "vm/codec_write.h"

/* What became of a value: written; a table was begun whose frame is now on top; it ended; not something that travels; see failure; over budget. */
enum put { PUT_DONE, PUT_OPENED, PUT_CLOSED, PUT_DROPPED, PUT_FAILED, PUT_PAUSED };

static inline enum put put_fail(struct codec_encoder *e, enum codec_status status)
{
    e->failure = status;
    return PUT_FAILED;
}

/* Is there room for `size` bytes at put_tail()? False: see failure. */
static inline bool put_reserve(struct codec_encoder *e, size_t size)
{
    return likely(e->room - e->length >= size) || codec_encoder_grow(e, size);
}

static inline unsigned char *put_tail(const struct codec_encoder *e)
{
    return e->data + e->length;
}

static inline enum put put_tag(struct codec_encoder *e, unsigned tag)
{
    if (!put_reserve(e, 1))
        return PUT_FAILED;
    e->data[e->length++] = (unsigned char)tag;
    return PUT_DONE;
}

static inline enum put put_number(lua_State *L, struct codec_encoder *e, int index)
{
    if (!put_reserve(e, WIRE_SCALAR_MAX))
        return PUT_FAILED;
    unsigned char *at = put_tail(e);
    if (lua_isinteger(L, index))
        e->length += wire_write_integer(at, lua_tointeger(L, index));
    else
        e->length += wire_write_number(at, lua_tonumber(L, index));
    return PUT_DONE;
}

/* `keep`: it gets the next number. */
static inline enum put put_text(struct codec_encoder *e, const char *data, size_t length, bool keep)
{
    if (length > CODEC_MAX_BYTES)
        return put_fail(e, CODEC_SIZE);
    if (!put_reserve(e, length + 6))
        return PUT_FAILED;
    unsigned char *begin = put_tail(e), *at = begin;
    if (keep)
        *at++ = WIRE_KEEP;
    at += wire_write_string_head(at, length);
    memcpy(at, data, length);
    e->length += (size_t)(at - begin) + length;
    return PUT_DONE;
}

#endif
