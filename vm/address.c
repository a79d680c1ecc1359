/* SPDX-License-Identifier: MIT */
/*
 * address: see address.h. In all windows in which a process may be, an object has the same lower half of its address, so that is what identifies it. A bit
 * that no address has tells it from objects that are not in the window.
 */
#include "vm/address.h"

#include <stdbool.h>
#include <stdint.h>

#include <lauxlib.h>

#include "vm/heap.h"
#include "vm/state.h"

#define SHOWN ((uintptr_t)1 << 48)

static bool is_movable(lua_State *L, const void *at)
{
    const struct heap *heap = heap_of_user(state_of(L));
    return heap_is_lent(heap) && (uintptr_t)at - (uintptr_t)heap < heap_room(heap);
}

static const void *shown(const void *at)
{
    return (const void *)(SHOWN | (uint32_t)(uintptr_t)at);
}

const void *address_shown(lua_State *L, int index)
{
    const void *at = lua_topointer(L, index);
    return is_movable(L, at) ? shown(at) : at;
}

static bool has_text(lua_State *L, int index)
{
    if (luaL_getmetafield(L, index, "__tostring") == LUA_TNIL)
        return false;
    lua_pop(L, 1);
    return true;
}

const char *address_tolstring(lua_State *L, int index, size_t *length)
{
    const void *at = lua_topointer(L, index);
    if (!at || !is_movable(L, at) || has_text(L, index))
        return luaL_tolstring(L, index, length);
    index = lua_absindex(L, index); /* the name comes on top */
    int name = luaL_getmetafield(L, index, "__name");
    lua_pushfstring(L, "%s: %p", name == LUA_TSTRING ? lua_tostring(L, -1) : luaL_typename(L, index), shown(at));
    if (name != LUA_TNIL)
        lua_remove(L, -2);
    return lua_tolstring(L, -1, length);
}
