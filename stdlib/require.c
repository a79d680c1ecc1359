/* SPDX-License-Identifier: MIT */
/*
 * require: what the calling chunk imports or lists, then the libraries that are global anyway. Nothing is searched or loaded: imports were
 * loaded before the chunk started.
 */
#include <lauxlib.h>

#include "stdlib/base.h"
#include "vm/code.h"
#include "vm/lazy.h"

int base_require(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    if (code_require(L, name))
        return 1;
    const struct library *library = lazy_find(L, name);
    if (!library || !library->is_global)
        return luaL_error(L, "module '%s' not found%s", name, library ? "; list it under modules of the entry" : "");
    lazy_require(L, name);
    return 1;
}
