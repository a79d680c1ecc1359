/* SPDX-License-Identifier: MIT */
/*
 * lazy_callee: the names of C functions in "bad argument #1 to 'spawn'". When the calling instruction does not tell the name (the call came
 * from pcall or another C function), luaL_argerror searches the table "_LOADED" of the registry for the function. There is no such table:
 * the registry has the filler as metatable (lazy.c), so the search comes here, where the running function is looked up in the static
 * lists of libraries and methods, whether they are open or not. It finds a table of that one name.
 */
#include <stdbool.h>
#include <string.h>

#include <lauxlib.h>

#include "vm/lazy_proxy.h"
#include "vm/type.h"

static const char *find_name(const struct lazy_entry *entry, lua_CFunction function)
{
    const char *name = NULL;
    for (; !name && entry->kind != LAZY_END; entry++) {
        if ((entry->kind == LAZY_FUNCTION || entry->kind == LAZY_PURE) && entry->function == function)
            name = entry->name;
        else if (entry->kind == LAZY_TABLE)
            name = find_name(entry->entries, function);
    }
    return name;
}

static const char *find_in_libraries(lua_State *L, lua_CFunction function)
{
    const struct lazy *lazy = lazy_push_filler(L);
    lua_pop(L, 1);
    const char *name = find_name(lazy->base, function);
    for (const struct library *library = lazy->libraries; !name && library->name; library++)
        if (library->entries)
            name = find_name(library->entries, function);
    return name;
}

/* Level 0 is the __index of the registry. */
int lazy_push_callee(lua_State *L)
{
    lua_Debug frame;
    if (strcmp(lua_tostring(L, 2), LUA_LOADED_TABLE) != 0 || !lua_getstack(L, 1, &frame))
        return 0;
    lua_settop(L, 2);
    lua_getinfo(L, "f", &frame);
    lua_CFunction function = lua_tocfunction(L, 3);
    if (!function)
        return 0;
    const char *name = find_in_libraries(L, function);
    if (!name) {
        if (!lua_getlocal(L, &frame, 1))
            lua_pushnil(L);
        name = type_method_name(L, function, 4);
    }
    if (!name)
        return 0;
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, 3);
    lua_setfield(L, -2, name);
    return 1;
}
