/* SPDX-License-Identifier: MIT */
/*
 * flat: see flat.h. Such a table has a tag of its own, so that the reader need not begin with others in vain; in all else it is a table as
 * any (codec_wire.h).
 */
#include "vm/flat.h"

#include "sched/base/compiler.h"
#include "vm/codec_write.h"
#include "vm/keys.h"

enum { HEAD = 1 + WIRE_TABLE8_SIZE };

/* The commonest kinds are tested for first. */
static inline size_t put_value(lua_State *L, unsigned char *at)
{
    int type = lua_type(L, -1);
    if (type == LUA_TSTRING)
        return scalars_put_string(L, -1, at);
    return likely(type == LUA_TNUMBER) ? scalars_put_number(L, -1, at) : scalars_put(L, -1, at);
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
    if (!lua_istable(L, index))
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

/* What is still to be read. */
struct input {
    const unsigned char *at, *end;
};

/* The next `size` bytes; false: there are less. */
static inline bool take(struct input *in, const unsigned char **data, size_t size)
{
    *data = in->at;
    if (unlikely((size_t)(in->end - in->at) < size))
        return false;
    in->at += size;
    return true;
}

static inline bool push_string(lua_State *L, struct input *in, unsigned tag)
{
    const unsigned char *text;
    size_t length = tag - WIRE_STRING;
    if (!take(in, &text, length))
        return false;
    lua_pushlstring(L, (const char *)text, length);
    return true;
}

static bool push_rare(lua_State *L, struct input *in, unsigned tag)
{
    const unsigned char *data;
    if (tag == WIRE_FALSE || tag == WIRE_TRUE) {
        lua_pushboolean(L, tag == WIRE_TRUE);
        return true;
    }
    if (tag < WIRE_INT8 || tag > WIRE_INT64 || !take(in, &data, wire_integer_size(tag)))
        return false;
    lua_pushinteger(L, wire_integer_at(data, tag));
    return true;
}

/* The tag of what comes next; one that is not flat if nothing does. */
static inline unsigned next_tag(struct input *in)
{
    return likely(in->at < in->end) ? *in->at++ : WIRE_TYPE;
}

static inline bool push_key(lua_State *L, struct input *in)
{
    unsigned tag = next_tag(in);
    return tag >= WIRE_STRING && tag <= WIRE_STRING_MAX && push_string(L, in, tag);
}

static inline bool push_value(lua_State *L, struct input *in)
{
    const unsigned char *data;
    double number;
    unsigned tag = next_tag(in);
    if (tag <= WIRE_INTEGER_MAX) {
        lua_pushinteger(L, tag);
        return true;
    }
    if (tag <= WIRE_STRING_MAX)
        return push_string(L, in, tag);
    if (tag != WIRE_NUMBER)
        return push_rare(L, in, tag);
    if (!take(in, &data, sizeof number))
        return false;
    memcpy(&number, data, sizeof number);
    lua_pushnumber(L, number);
    return true;
}

static bool fill_sequence(lua_State *L, struct input *in, unsigned narr)
{
    for (unsigned i = 1; i <= narr; i++) {
        if (unlikely(!push_value(L, in)))
            return false;
        lua_rawseti(L, -2, i);
    }
    return true;
}

/* Pairs of the table at stack index `table`. */
static bool fill_pairs(lua_State *L, struct input *in, int table, unsigned nhash)
{
    for (; nhash > 0; nhash--) {
        if (unlikely(!push_key(L, in) || !push_value(L, in)))
            return false;
        lua_rawset(L, table);
    }
    return true;
}

/* The first pairs, as long as their keys are known ones; *nhash are left then. */
static bool fill_known(lua_State *L, const struct keys *keys, struct input *in, int table, unsigned *nhash)
{
    size_t size;
    unsigned most = *nhash < keys->count ? *nhash : keys->count;
    lua_rawgeti(L, LUA_REGISTRYINDEX, KEYS_PLACE);
    for (unsigned i = 0; i < most && keys_is(keys, i, in->at, in->end, &size); i++) {
        lua_rawgeti(L, table + 1, i + 1);
        in->at += size;
        if (unlikely(!push_value(L, in)))
            return false;
        lua_rawset(L, table);
        --*nhash;
    }
    lua_settop(L, table);
    return true;
}

enum flat_result flat_decode(lua_State *L, const struct keys *keys, const unsigned char *data, size_t length)
{
    if (length < HEAD || data[0] != 1 || data[1] != WIRE_FLAT8)
        return FLAT_NOT;
    unsigned narr = data[2], nhash = data[3], left = nhash;
    struct input in = {data + HEAD, data + length};
    if (narr + 2 * nhash > (size_t)(in.end - in.at))
        return FLAT_NOT;
    int table = lua_gettop(L) + 1;
    lua_createtable(L, (int)narr, (int)nhash);
    if (unlikely(!fill_sequence(L, &in, narr) || (keys && !fill_known(L, keys, &in, table, &left)) ||
                 !fill_pairs(L, &in, table, left) || in.at < in.end)) {
        lua_settop(L, table - 1);
        return FLAT_NOT;
    }
    return left < nhash && nhash - left == keys->count ? FLAT_KNOWN : FLAT_STRANGE;
}
