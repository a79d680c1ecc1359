/* SPDX-License-Identifier: MIT */
/* scalars: see scalars.h. What it writes is byte for byte what codec_encode writes. */
#include "vm/scalars.h"

#include "sched/base/compiler.h"
#include "vm/codec_write.h"

enum { STRING_MAX = WIRE_STRING_MAX - WIRE_STRING /* strings whose length is in their tag */ };

_Static_assert((int)SCALARS_ONE_MAX == 1 + (int)STRING_MAX, "the longest value is a string");

static size_t put_tag(unsigned char *at, unsigned tag)
{
    at[0] = (unsigned char)tag;
    return 1;
}

size_t scalars_put_string(lua_State *L, int index, unsigned char *at)
{
    size_t length;
    const char *text = lua_tolstring(L, index, &length);
    if (length > STRING_MAX)
        return 0;
    memcpy(at + wire_write_string_head(at, length), text, length);
    return 1 + length;
}

size_t scalars_put_number(lua_State *L, int index, unsigned char *at)
{
    return lua_isinteger(L, index) ? wire_write_integer(at, lua_tointeger(L, index))
                                   : wire_write_number(at, lua_tonumber(L, index));
}

size_t scalars_put(lua_State *L, int index, unsigned char *at)
{
    if (lua_isinteger(L, index))
        return wire_write_integer(at, lua_tointeger(L, index));
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        return put_tag(at, WIRE_NIL);
    case LUA_TBOOLEAN:
        return put_tag(at, lua_toboolean(L, index) ? WIRE_TRUE : WIRE_FALSE);
    case LUA_TNUMBER:
        return wire_write_number(at, lua_tonumber(L, index));
    case LUA_TSTRING:
        return scalars_put_string(L, index, at);
    default:
        return 0;
    }
}

size_t scalars_encode(lua_State *L, int first, int count, unsigned char bytes[static SCALARS_BYTES])
{
    if (count >= WIRE_COUNT_LONG)
        return 0;
    bytes[0] = (unsigned char)count;
    size_t length = 1;
    for (int i = 0; i < count; i++) {
        if (SCALARS_BYTES - length < SCALARS_ONE_MAX)
            return 0;
        size_t more = scalars_put(L, first + i, bytes + length);
        if (!more)
            return 0;
        length += more;
    }
    return length;
}

/* Bytes of the value at `data`, 0: no scalar. */
static size_t size_of(const unsigned char *data)
{
    static const unsigned char sizes[] = {1, 1, 1, 2, 3, 5, 9, 9}; /* from WIRE_NIL on */
    unsigned tag = data[0];
    if (tag <= WIRE_INTEGER_MAX)
        return 1;
    if (tag <= WIRE_STRING_MAX)
        return 1 + tag - WIRE_STRING;
    return tag <= WIRE_NUMBER ? sizes[tag - WIRE_NIL] : 0;
}

/* Are all values scalars, and is that all? */
static bool are_scalars(const unsigned char *data, size_t length, unsigned count)
{
    size_t at = 1;
    for (; count > 0 && at < length; count--) {
        size_t size = size_of(data + at);
        if (size == 0)
            return false;
        at += size;
    }
    return count == 0 && at == length;
}

/* Pushes the value at `data`, which has that size. */
static void push(lua_State *L, const unsigned char *data, size_t size)
{
    double number;
    unsigned tag = data[0];
    if (tag <= WIRE_INTEGER_MAX)
        lua_pushinteger(L, tag);
    else if (tag <= WIRE_STRING_MAX)
        lua_pushlstring(L, (const char *)data + 1, size - 1);
    else if (tag == WIRE_NUMBER)
        lua_pushnumber(L, (memcpy(&number, data + 1, sizeof number), number));
    else if (tag >= WIRE_INT8)
        lua_pushinteger(L, wire_integer_at(data + 1, tag));
    else if (tag == WIRE_NIL)
        lua_pushnil(L);
    else
        lua_pushboolean(L, tag == WIRE_TRUE);
}

/* Other values than integers. */
static __attribute__((noinline)) bool decode_other(lua_State *L, const unsigned char *data, size_t size)
{
    if (size_of(data) != size)
        return false;
    push(L, data, size);
    return true;
}

bool scalars_decode_one(lua_State *L, const unsigned char *data, size_t length)
{
    if (length < 2 || data[0] != 1)
        return false;
    unsigned tag = data[1];
    if (tag <= WIRE_INTEGER_MAX && length == 2)
        lua_pushinteger(L, tag);
    else if (tag >= WIRE_INT8 && tag <= WIRE_INT64 && length == 2 + wire_integer_size(tag))
        lua_pushinteger(L, wire_integer_at(data + 2, tag));
    else
        return decode_other(L, data + 1, length - 1);
    return true;
}

bool scalars_decode(lua_State *L, const unsigned char *data, size_t length, int *count)
{
    unsigned values = length > 0 ? data[0] : WIRE_COUNT_LONG;
    if (values >= WIRE_COUNT_LONG || !are_scalars(data, length, values) ||
        unlikely(!lua_checkstack(L, (int)values + LUA_MINSTACK)))
        return false;
    *count = (int)values;
    for (data++; values > 0; values--) {
        size_t size = size_of(data);
        push(L, data, size);
        data += size;
    }
    return true;
}

bool scalars_decode_list(lua_State *L, const unsigned char *data, size_t length)
{
    unsigned count = length > 0 ? data[0] : 0;
    if (count < 2 || count >= WIRE_COUNT_LONG || !are_scalars(data, length, count))
        return false;
    lua_createtable(L, (int)count, 0);
    data++;
    for (unsigned i = 1; i <= count; i++) {
        size_t size = size_of(data);
        push(L, data, size);
        lua_rawseti(L, -2, i);
        data += size;
    }
    return true;
}
