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

static bool push_number(lua_State *L, unsigned tag, const unsigned char *data, size_t length)
{
    struct wire_reader reader = {data, data + length, 0};
    int64_t integer;
    double number;
    if (tag == WIRE_NUMBER && length == sizeof number && wire_read_bytes(&reader, &number, sizeof number))
        lua_pushnumber(L, number);
    else if (tag != WIRE_NUMBER && wire_read_integer(&reader, tag, &integer) && reader.at == reader.end)
        lua_pushinteger(L, integer);
    else
        return false;
    return true;
}

bool scalars_decode_one(lua_State *L, const unsigned char *data, size_t length)
{
    if (length < 2 || data[0] != 1)
        return false;
    unsigned tag = data[1];
    data += 2;
    length -= 2;
    if (tag >= WIRE_STRING && tag <= WIRE_STRING_MAX && length == tag - WIRE_STRING) {
        lua_pushlstring(L, (const char *)data, length);
        return true;
    }
    if (tag <= WIRE_INTEGER_MAX || (tag >= WIRE_INT8 && tag <= WIRE_NUMBER))
        return push_number(L, tag, data, length);
    if (length > 0 || tag < WIRE_NIL || tag > WIRE_TRUE)
        return false;
    if (tag == WIRE_NIL)
        lua_pushnil(L);
    else
        lua_pushboolean(L, tag == WIRE_TRUE);
    return true;
}
