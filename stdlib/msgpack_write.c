/* SPDX-License-Identifier: MIT */
/*
 * msgpack_write: the MessagePack sink. Each value takes the shortest form there is for it. Not by libmpack, which writes most negative integers
 * wrongly (1.0.5); all it would save is put_head.
 */
#include <math.h>
#include <string.h>

#include "stdlib/data_write.h"
#include "stdlib/msgpack.h"
#include "stdlib/unicode.h"

/* First bytes. Those of 8, 16, 32 and 64 bits follow each other. */
enum {
    FIX_MAP = 0x80,
    FIX_ARRAY = 0x90,
    FIX_STR = 0xa0,
    NIL = 0xc0,
    FALSE_VALUE = 0xc2,
    TRUE_VALUE = 0xc3,
    BIN8 = 0xc4,
    FLOAT32 = 0xca,
    FLOAT64 = 0xcb,
    UINT8 = 0xcc,
    INT8 = 0xd0,
    STR8 = 0xd9,
    ARRAY16 = 0xdc,
    MAP16 = 0xde,
    HEAD_MAX = 9
};

/* The first byte and a number of `size` bytes, the highest first. */
static void put_head(lua_State *L, struct data_writer *w, int first, uint64_t number, int size)
{
    char *at = string_buf_reserve(L, &w->out, HEAD_MAX);
    *at++ = (char)first;
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8)
        *at++ = (char)(number >> shift);
    w->out.length += 1 + (size_t)size;
}

static void put_nil(lua_State *L, struct data_writer *w)
{
    put_head(L, w, NIL, 0, 0);
}

static void put_boolean(lua_State *L, struct data_writer *w, bool value)
{
    put_head(L, w, value ? TRUE_VALUE : FALSE_VALUE, 0, 0);
}

static void put_integer(lua_State *L, struct data_writer *w, lua_Integer value)
{
    uint64_t bits = (uint64_t)value, size = value < 0 ? ~bits << 1 : bits; /* what must fit */
    int first = value < 0 ? INT8 : UINT8;
    if (value >= -32 && value <= 127)
        put_head(L, w, (int)value, 0, 0);
    else if (size <= UINT8_MAX)
        put_head(L, w, first, bits, 1);
    else if (size <= UINT16_MAX)
        put_head(L, w, first + 1, bits, 2);
    else if (size <= UINT32_MAX)
        put_head(L, w, first + 2, bits, 4);
    else
        put_head(L, w, first + 3, bits, 8);
}

/* In 32 bits if that loses nothing. */
static void put_number(lua_State *L, struct data_writer *w, lua_Number value)
{
    uint64_t bits;
    uint32_t bits32;
    float value32 = fabs(value) <= (lua_Number)3.4e38 ? (float)value : 0;
    if ((lua_Number)value32 == value) {
        memcpy(&bits32, &value32, sizeof bits32);
        put_head(L, w, FLOAT32, bits32, 4);
        return;
    }
    memcpy(&bits, &value, sizeof bits);
    put_head(L, w, FLOAT64, bits, 8);
}

static void put_string_head(lua_State *L, struct data_writer *w, size_t length, bool is_text)
{
    int first = is_text ? STR8 : BIN8;
    if (is_text && length < 32)
        put_head(L, w, FIX_STR | (int)length, 0, 0);
    else if (length <= UINT8_MAX)
        put_head(L, w, first, length, 1);
    else if (length <= UINT16_MAX)
        put_head(L, w, first + 1, length, 2);
    else
        put_head(L, w, first + 2, length, 4);
}

static void add_bytes(lua_State *L, struct data_writer *w, const char *data, size_t length)
{
    string_buf_add(L, &w->out, data, length);
}

static void put_string(lua_State *L, struct data_writer *w, const char *data, size_t length)
{
    put_string_head(L, w, length, unicode_is_text(data, length));
    add_bytes(L, w, data, length);
}

static void end_long(lua_State *L, struct data_writer *w)
{
    (void)L;
    (void)w;
}

static void open_nested(lua_State *L, struct data_writer *w, bool is_map, size_t count)
{
    int first = is_map ? MAP16 : ARRAY16;
    if (count < 16)
        put_head(L, w, (is_map ? FIX_MAP : FIX_ARRAY) | (int)count, 0, 0);
    else if (count <= UINT16_MAX)
        put_head(L, w, first, count, 2);
    else
        put_head(L, w, first + 1, count, 4);
}

static void close_nested(lua_State *L, struct data_writer *w, bool is_map, size_t count)
{
    (void)L;
    (void)w;
    (void)is_map;
    (void)count;
}

static void before_item(lua_State *L, struct data_writer *w, size_t index)
{
    (void)L;
    (void)w;
    (void)index;
}

static void before_pair(lua_State *L, struct data_writer *w, size_t index, const char *data, size_t length)
{
    (void)index;
    put_string(L, w, data, length);
}

const struct data_sink msgpack_sink = {
    .name = "MessagePack",
    .put_nil = put_nil,
    .put_boolean = put_boolean,
    .put_integer = put_integer,
    .put_number = put_number,
    .put_string = put_string,
    .asks_text = true,
    .begin_long = put_string_head,
    .add_long = add_bytes,
    .end_long = end_long,
    .open = open_nested,
    .close = close_nested,
    .item = before_item,
    .key = before_pair,
};
