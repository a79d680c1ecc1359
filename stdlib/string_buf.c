/* SPDX-License-Identifier: MIT */
/*
 * Growing strings in memory of the Lua heap.
 */
#include "stdlib/string_buf.h"

#include <limits.h>

#include <lauxlib.h>

enum { FIRST_BLOCK = 2048, FAST_GROWTH = 64 * 1024 };

/* The old block is left to the collector. So a small one grows fourfold: less garbage and fewer copies. */
void string_buf_grow(lua_State *L, struct string_buf *buf, size_t more)
{
    if (more > (size_t)INT_MAX - buf->length)
        luaL_error(L, "resulting string too large");
    size_t needed = buf->length + more, capacity = buf->capacity;
    capacity = capacity < FIRST_BLOCK ? FIRST_BLOCK : capacity < FAST_GROWTH ? capacity * 4 : capacity * 2;
    if (capacity < needed)
        capacity = needed;
    char *data = lua_newuserdata(L, capacity);
    memcpy(data, buf->data, buf->length);
    lua_replace(L, buf->slot);
    buf->data = data;
    buf->capacity = capacity;
}

void string_buf_push(lua_State *L, const struct string_buf *buf)
{
    lua_pushlstring(L, buf->data, buf->length);
}
