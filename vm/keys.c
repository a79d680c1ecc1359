/* SPDX-License-Identifier: MIT */
/* keys: see keys.h. The table at KEYS_PLACE has the strings in their order and, behind them, the struct keys itself, as a userdata. */
#include "vm/keys.h"

#include <lauxlib.h>

#include "vm/codec.h"

enum { PATIENCE_FIRST = 8, PATIENCE_MOST = 128 };

unsigned keys_patience(const struct keys *keys)
{
    return keys ? keys->patience : PATIENCE_FIRST;
}

/* Makes what is at KEYS_PLACE, knowing nothing yet. */
static struct keys *make(lua_State *L)
{
    lua_createtable(L, KEYS_MAX + 1, 0);
    struct keys *keys = lua_newuserdata(L, sizeof *keys);
    keys->count = 0;
    keys->patience = PATIENCE_FIRST;
    lua_rawseti(L, -2, KEYS_MAX + 1);
    lua_rawseti(L, LUA_REGISTRYINDEX, KEYS_PLACE);
    return keys;
}

/* The table of the strings is on top. False: it has no room for the key. */
static bool add(lua_State *L, struct keys *keys, const struct codec_field *field)
{
    size_t size = field->key_length + 1;
    if (keys->count == KEYS_MAX || size > KEYS_TEXT)
        return false;
    lua_pushlstring(L, field->key, field->key_length);
    lua_rawseti(L, -2, keys->count + 1);
    memcpy(keys->texts[keys->count], field->key - 1, size); /* so short a string has a tag of one byte */
    keys->sizes[keys->count++] = (uint8_t)size;
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
