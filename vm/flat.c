/* SPDX-License-Identifier: MIT */
/*
 * flat: see flat.h. Such a table has a tag of its own, so that the reader need not begin with others in vain; in all else it is a table as
 * any (codec_wire.h).
 */
#include "vm/flat.h"

#include "sched/base/compiler.h"
#include "vm/codec_write.h"

enum { HEAD = 1 + WIRE_TABLE8_SIZE, STACK_NEEDED = 3 };

/* Strings are tested for first: they are the commonest, and cost the fewest calls then. */
static inline size_t put_value(lua_State *L, unsigned char *at)
{
    return lua_type(L, -1) == LUA_TSTRING ? scalars_put_string(L, -1, at) : scalars_put(L, -1, at);
}

/* The entry whose [key, value] are on top; returns its bytes. 0: not flat. */
static inline size_t put_entry(lua_State *L, unsigned char *at, unsigned *narr, unsigned *nhash)
{
    if (likely(lua_type(L, -2) == LUA_TSTRING)) {
        size_t key = scalars_put_string(L, -2, at), value = key ? put_value(L, at + key) : 0;
        ++*nhash;
        return value ? key + value : 0;
    }
    if (*nhash > 0 || !lua_isinteger(L, -2) || lua_tointeger(L, -2) != (lua_Integer)*narr + 1)
        return 0;
    ++*narr;
    return put_value(L, at);
}

size_t flat_encode(lua_State *L, int index, unsigned char bytes[static SCALARS_BYTES])
{
    unsigned narr = 0, nhash = 0;
    size_t length = HEAD;
    int top = lua_gettop(L);
    if (!lua_istable(L, index) || !lua_checkstack(L, STACK_NEEDED))
        return 0;
    if (lua_getmetatable(L, index)) {
        lua_pop(L, 1);
        return 0;
    }
    lua_pushnil(L);
    while (lua_next(L, index)) {
        size_t more = SCALARS_BYTES - length < 2 * SCALARS_ONE_MAX ? 0 : put_entry(L, bytes + length, &narr, &nhash);
        if (unlikely(!more)) {
            lua_settop(L, top);
            return 0;
        }
        length += more;
        lua_pop(L, 1);
    }
    bytes[0] = 1;
    bytes[1] = WIRE_FLAT8;
    bytes[2] = (unsigned char)narr;
    bytes[3] = (unsigned char)nhash;
    return length;
}

static bool push_number(lua_State *L, struct wire_reader *in, unsigned tag)
{
    int64_t integer;
    double number;
    if (tag == WIRE_NUMBER) {
        if (!wire_read_bytes(in, &number, sizeof number))
            return false;
        lua_pushnumber(L, number);
        return true;
    }
    if (tag < WIRE_INT8 || tag > WIRE_INT64 || !wire_read_integer(in, tag, &integer))
        return false;
    lua_pushinteger(L, integer);
    return true;
}

static bool push_string(lua_State *L, struct wire_reader *in, unsigned tag)
{
    size_t length = tag - WIRE_STRING;
    if (wire_left(in) < length)
        return false;
    lua_pushlstring(L, (const char *)in->at, length);
    in->at += length;
    return true;
}

static inline bool push_key(lua_State *L, struct wire_reader *in)
{
    unsigned tag = in->at < in->end ? *in->at++ : WIRE_NIL;
    return tag >= WIRE_STRING && tag <= WIRE_STRING_MAX && push_string(L, in, tag);
}

static inline bool push_value(lua_State *L, struct wire_reader *in)
{
    unsigned tag = in->at < in->end ? *in->at++ : WIRE_TYPE;
    if (tag <= WIRE_INTEGER_MAX) {
        lua_pushinteger(L, tag);
        return true;
    }
    if (tag <= WIRE_STRING_MAX)
        return push_string(L, in, tag);
    if (tag != WIRE_FALSE && tag != WIRE_TRUE)
        return push_number(L, in, tag);
    lua_pushboolean(L, tag == WIRE_TRUE);
    return true;
}

/* Fills the table on top. */
static bool fill(lua_State *L, struct wire_reader *in, unsigned narr, unsigned nhash)
{
    for (unsigned i = 1; i <= narr; i++) {
        if (unlikely(!push_value(L, in)))
            return false;
        lua_rawseti(L, -2, i);
    }
    for (; nhash > 0; nhash--) {
        if (unlikely(!push_key(L, in) || !push_value(L, in)))
            return false;
        lua_rawset(L, -3);
    }
    return in->at == in->end;
}

bool flat_decode(lua_State *L, const unsigned char *data, size_t length)
{
    if (length < HEAD || data[0] != 1 || data[1] != WIRE_FLAT8)
        return false;
    unsigned narr = data[2], nhash = data[3];
    struct wire_reader in = {data + HEAD, data + length, 0};
    if (narr + 2 * nhash > wire_left(&in) || !lua_checkstack(L, STACK_NEEDED))
        return false;
    int top = lua_gettop(L);
    lua_createtable(L, (int)narr, (int)nhash);
    if (likely(fill(L, &in, narr, nhash)))
        return true;
    lua_settop(L, top);
    return false;
}
