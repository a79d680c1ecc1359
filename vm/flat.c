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

/* A value of the type. The commonest kinds are tested for first. */
static inline size_t put_value(lua_State *L, int index, int type, unsigned char *at)
{
    if (type == LUA_TSTRING)
        return scalars_put_string(L, index, at);
    return likely(type == LUA_TNUMBER) ? scalars_put_number(L, index, at) : scalars_put(L, index, at);
}

/* The entry whose [key, value] are on top; returns its bytes. 0: not flat. */
static inline size_t put_entry(lua_State *L, unsigned char *at, unsigned *narr, unsigned *nhash)
{
    if (likely(lua_type(L, -2) == LUA_TSTRING)) {
        size_t key = scalars_put_string(L, -2, at), value = key ? put_value(L, -1, lua_type(L, -1), at + key) : 0;
        ++*nhash;
        return value ? key + value : 0;
    }
    if (*nhash > 0 || !lua_isinteger(L, -2) || lua_tointeger(L, -2) != (lua_Integer)*narr + 1)
        return 0;
    ++*narr;
    return put_value(L, -1, lua_type(L, -1), at);
}

/* bytes[0] is written. */
static inline size_t encode_table(lua_State *L, int index, unsigned char bytes[static SCALARS_BYTES])
{
    unsigned narr = 0, nhash = 0;
    size_t length = HEAD;
    if (unlikely(lua_getmetatable(L, index))) {
        lua_pop(L, 1);
        return 0;
    }
    lua_pushnil(L);
    while (lua_next(L, index)) {
        size_t more = SCALARS_BYTES - length < 2 * SCALARS_ONE_MAX ? 0 : put_entry(L, bytes + length, &narr, &nhash);
        if (unlikely(!more)) {
            lua_pop(L, 2);
            return 0;
        }
        length += more;
        lua_pop(L, 1);
    }
    bytes[1] = WIRE_FLAT8;
    bytes[2] = (unsigned char)narr;
    bytes[3] = (unsigned char)nhash;
    return length;
}

size_t flat_encode(lua_State *L, int index, unsigned char bytes[static SCALARS_BYTES])
{
    bytes[0] = 1;
    if (lua_isinteger(L, index))
        return 1 + wire_write_integer(bytes + 1, lua_tointeger(L, index));
    int type = lua_type(L, index);
    if (type == LUA_TTABLE)
        return encode_table(L, index, bytes);
    size_t size = put_value(L, index, type, bytes + 1);
    return size ? 1 + size : 0;
}

/*
 * What follows reads at `at`, with nothing from `end` on, and pushes what was there. It returns where the next one begins; NULL: it is none of
 * that kind, or does not end before `end`.
 */
static inline const unsigned char *push_string(lua_State *L, const unsigned char *at, const unsigned char *end,
                                               size_t length)
{
    if (unlikely((size_t)(end - at) < length))
        return NULL;
    lua_pushlstring(L, (const char *)at, length);
    return at + length;
}

static __attribute__((noinline)) const unsigned char *push_rare(lua_State *L, const unsigned char *at,
                                                                const unsigned char *end, unsigned tag)
{
    if (tag == WIRE_FALSE || tag == WIRE_TRUE) {
        lua_pushboolean(L, tag == WIRE_TRUE);
        return at;
    }
    if (tag < WIRE_INT8 || tag > WIRE_INT64 || (size_t)(end - at) < wire_integer_size(tag))
        return NULL;
    lua_pushinteger(L, wire_integer_at(at, tag));
    return at + wire_integer_size(tag);
}

static inline const unsigned char *push_key(lua_State *L, const unsigned char *at, const unsigned char *end)
{
    if (unlikely(at == end || *at < WIRE_STRING || *at > WIRE_STRING_MAX))
        return NULL;
    return push_string(L, at + 1, end, *at - (unsigned)WIRE_STRING);
}

static inline const unsigned char *push_value(lua_State *L, const unsigned char *at, const unsigned char *end)
{
    double number;
    if (unlikely(at == end))
        return NULL;
    unsigned tag = *at++;
    if (tag <= WIRE_INTEGER_MAX) {
        lua_pushinteger(L, tag);
        return at;
    }
    if (tag <= WIRE_STRING_MAX)
        return push_string(L, at, end, tag - WIRE_STRING);
    if (tag != WIRE_NUMBER)
        return push_rare(L, at, end, tag);
    if (unlikely((size_t)(end - at) < sizeof number))
        return NULL;
    memcpy(&number, at, sizeof number);
    lua_pushnumber(L, number);
    return at + sizeof number;
}

/* The value of known key number `index`. */
static inline const unsigned char *push_value_of(lua_State *L, struct keys *keys, unsigned index,
                                                 const unsigned char *at, const unsigned char *end, int strings)
{
    const struct keys_text *known = &keys->values[index];
    if (known->size > 0 && keys_is(known, at, end)) {
        lua_rawgeti(L, strings, keys_value_at(index));
        return at + known->size;
    }
    const unsigned char *next = push_value(L, at, end);
    if (next && *at >= WIRE_STRING)
        keys_miss(L, keys, index, strings, at);
    return next;
}

/* Those below put what they read into a table, which is on top. */
static const unsigned char *fill_sequence(lua_State *L, const unsigned char *at, const unsigned char *end,
                                          unsigned narr)
{
    for (unsigned i = 1; at && i <= narr; i++) {
        at = push_value(L, at, end);
        if (likely(at != NULL))
            lua_rawseti(L, -2, i);
    }
    return at;
}

static const unsigned char *fill_pairs(lua_State *L, const unsigned char *at, const unsigned char *end, unsigned nhash)
{
    for (; at && nhash > 0; nhash--) {
        at = push_key(L, at, end);
        if (unlikely(!at))
            break;
        at = push_value(L, at, end);
        if (likely(at != NULL))
            lua_rawset(L, -3);
    }
    return at;
}

/* The first pairs, as long as their keys are known ones; *nhash are left then. `table` is the stack index of the table. */
static const unsigned char *fill_known(lua_State *L, struct keys *keys, const unsigned char *at,
                                       const unsigned char *end, int table, unsigned *nhash)
{
    unsigned most = *nhash < keys->count ? *nhash : keys->count;
    int strings = table + 1;
    lua_rawgeti(L, LUA_REGISTRYINDEX, KEYS_PLACE);
    for (unsigned i = 0; i < most && keys_is(&keys->keys[i], at, end); i++) {
        lua_rawgeti(L, strings, keys_key_at(i));
        at = push_value_of(L, keys, i, at + keys->keys[i].size, end, strings);
        if (unlikely(!at))
            return NULL;
        lua_rawset(L, table);
        --*nhash;
    }
    lua_pop(L, 1);
    return at;
}

enum flat_result flat_decode(lua_State *L, struct keys *keys, const unsigned char *data, size_t length)
{
    if (length < HEAD || data[0] != 1 || data[1] != WIRE_FLAT8)
        return FLAT_NOT;
    unsigned narr = data[2], nhash = data[3], left = nhash;
    const unsigned char *at = data + HEAD, *end = data + length;
    if (narr + 2 * nhash > length - HEAD)
        return FLAT_NOT;
    int top = lua_gettop(L);
    lua_createtable(L, (int)narr, (int)nhash);
    if (narr > 0)
        at = fill_sequence(L, at, end, narr);
    if (keys && at && left > 0)
        at = fill_known(L, keys, at, end, top + 1, &left);
    if (left > 0)
        at = fill_pairs(L, at, end, left);
    if (unlikely(at != end)) {
        lua_settop(L, top);
        return FLAT_NOT;
    }
    return left < nhash && nhash - left == keys->count ? FLAT_KNOWN : FLAT_STRANGE;
}
