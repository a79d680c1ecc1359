/* SPDX-License-Identifier: MIT */
/* data_empty: see data_empty.h. The metatable lies in the registry under the address of `key`. */
#include "stdlib/data_empty.h"

#include <lauxlib.h>

static const char key = 0;

void data_empty_mark(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    luaL_checkstack(L, 3, "empty table");
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
    }
    lua_setmetatable(L, index);
}

bool data_empty_is_mark(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key);
    bool is_mark = lua_istable(L, -1) && lua_rawequal(L, -1, index);
    lua_pop(L, 1);
    return is_mark;
}

bool data_empty_is_marked(lua_State *L, int index)
{
    if (!lua_getmetatable(L, index))
        return false;
    bool is_marked = data_empty_is_mark(L, -1);
    lua_pop(L, 1);
    return is_marked;
}
