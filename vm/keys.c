/* SPDX-License-Identifier: MIT */
/* keys: see keys.h. The table at KEYS_PLACE has the strings in their order and, behind them, the struct keys itself, as a userdata. */
#include "vm/keys.h"

#include <lauxlib.h>

#include "vm/codec.h"
#include "vm/codec_wire.h"

/* A value that is always another is learned, in vain, so seldom that nobody notices. A prime, so that each field of a message has its turn. */
enum { PATIENCE_FIRST = 8, PATIENCE_MOST = 128, MISSES = 17, STRINGS = 2 * KEYS_MAX };

unsigned keys_patience(const struct keys *keys)
{
    return keys ? keys->patience : PATIENCE_FIRST;
}

/* Makes what is at KEYS_PLACE, knowing nothing yet. */
static struct keys *make(lua_State *L)
{
    lua_createtable(L, STRINGS + 1, 0);
    struct keys *keys = lua_newuserdata(L, sizeof *keys);
    memset(keys, 0, sizeof *keys);
    keys->patience = PATIENCE_FIRST;
    lua_rawseti(L, -2, STRINGS + 1);
    lua_rawseti(L, LUA_REGISTRYINDEX, KEYS_PLACE);
    return keys;
}

/* The string at `at`, whose tag is one byte, is known from now on. */
static void keep(struct keys_text *text, const void *at, size_t size)
{
    memcpy(text->bytes, at, size);
    text->size = (uint8_t)size;
}

/* Bytes of the short string at `at`; 0: it is none, or too long. */
static size_t text_size(const unsigned char *at)
{
    return *at >= WIRE_STRING && *at < WIRE_STRING + KEYS_TEXT ? 1 + (size_t)(*at - WIRE_STRING) : 0;
}

/* The table of the strings is on top. False: it has no room for the key. */
static bool add(lua_State *L, struct keys *keys, const struct codec_field *field)
{
    unsigned index = keys->count;
    size_t key = field->key_length + 1, value = text_size(field->value);
    if (index == KEYS_MAX || key > KEYS_TEXT)
        return false;
    lua_pushlstring(L, field->key, field->key_length);
    lua_rawseti(L, -2, keys_key_at(index));
    keep(&keys->keys[index], field->key - 1, key); /* so short a string has a tag of one byte */
    keys->values[index].size = 0;
    keys->count++;
    if (value == 0)
        return true;
    lua_pushlstring(L, (const char *)field->value + 1, value - 1);
    lua_rawseti(L, -2, keys_value_at(index));
    keep(&keys->values[index], field->value, value);
    return true;
}

void keys_learn(lua_State *L, struct keys **keys, const void *data, size_t length)
{
    struct codec_fields fields;
    struct codec_field field;
    if (!codec_fields_begin(&fields, data, length) || fields.left == 0)
        return;
    luaL_checkstack(L, 3, "keys");
    if (!*keys)
        *keys = make(L);
    struct keys *known = *keys;
    known->count = 0;
    known->patience = known->patience < PATIENCE_MOST ? known->patience * 2 : PATIENCE_MOST;
    lua_rawgeti(L, LUA_REGISTRYINDEX, KEYS_PLACE);
    while (codec_fields_next(&fields, &field) && add(L, known, &field))
        ;
    lua_pop(L, 1);
}

void keys_miss(lua_State *L, struct keys *keys, unsigned index, int strings, const unsigned char *at)
{
    size_t size = text_size(at);
    if (size == 0 || ++keys->missed < MISSES)
        return;
    keys->missed = 0;
    lua_pushvalue(L, -1);
    lua_rawseti(L, strings, keys_value_at(index)); /* which has room for it */
    keep(&keys->values[index], at, size);
}
