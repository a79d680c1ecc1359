/* SPDX-License-Identifier: MIT */
/*
 * lazy_freeze: table.make_immutable. The content moves to a new table behind the old one, which becomes a proxy with the same shape as a
 * library (lazy.c), so whoever understands those understands these.
 *
 * Metamethods of the former metatable are copied to the proxy's. Its __index, which must be called with the proxy and not with the
 * table behind it, becomes a closure in the metatable of the table behind. Fields of the content that are named like metamethods
 * ("__index", "__call" …) stay in the frozen table itself as well: it may be the metatable of other tables, and Lua looks for
 * those without asking proxies. The price is that assigning to such an existing field is not refused.
 */
#include <string.h>

#include <lauxlib.h>

#include "vm/lazy.h"
#include "vm/lazy_proxy.h"
#include "vm/state.h"

/* Key of the former metatable in the proxy's metatable. */
static const char former_key = 0;

/* ---- refusing to be written ---- */

/* The name of the library whose proxy is at `index`, or NULL. */
static const char *proxy_name(lua_State *L, int index)
{
    struct lazy *lazy = lazy_push_filler(L);
    const char *name = NULL;
    for (const struct library *library = lazy->libraries; library->name && !name; library++) {
        lua_rawgetp(L, -1, library);
        if (lua_rawequal(L, -1, index))
            name = library->name;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return name;
}

int lazy_raise(lua_State *L, int index)
{
    const char *name = proxy_name(L, lua_absindex(L, index));
    if (name)
        return luaL_error(L, "attempt to modify read-only table '%s'", name);
    return luaL_error(L, "attempt to modify read-only table");
}

int lazy_refuse(lua_State *L)
{
    return lazy_raise(L, 1);
}

/* ---- freezing ---- */

static bool is_event_name(lua_State *L, int index)
{
    return lua_type(L, index) == LUA_TSTRING && strncmp(lua_tostring(L, index), "__", 2) == 0;
}

static int frozen_len(lua_State *L)
{
    lua_settop(L, 1);
    if (!lazy_target(L, 1))
        return luaL_argerror(L, 1, "read-only table expected");
    lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
    return 1;
}

static int index_done(lua_State *L, int status, lua_KContext ctx)
{
    (void)L;
    (void)status;
    (void)ctx;
    return 1;
}

/* __index of the table behind when the former __index was a function; upvalues: that function, the frozen table. */
static int frozen_index(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_pushvalue(L, 2);
    lua_callk(L, 2, 1, 0, index_done);
    return 1;
}

/* Moves what the table at `from` holds to the one at `to`. */
static void move_content(lua_State *L, int from, int to)
{
    unsigned steps = 0;
    lua_pushnil(L);
    while (lua_next(L, from)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, to);
        if (!is_event_name(L, -1)) {
            lua_pushvalue(L, -1);
            lua_pushnil(L);
            lua_rawset(L, from);
        }
        if (++steps % 512 == 0)
            state_check(L);
    }
}

/* Gives the table at `target` a metatable that looks further as the metatable at `former` did. */
static void keep_index(lua_State *L, int former, int target, int frozen)
{
    lua_pushliteral(L, "__index");
    int type = lua_rawget(L, former);
    if (type == LUA_TFUNCTION) {
        lua_pushvalue(L, frozen);
        lua_pushcclosure(L, frozen_index, 2);
    }
    lua_pushliteral(L, "__mode");
    if (lua_rawget(L, former) == LUA_TNIL && type == LUA_TNIL) {
        lua_pop(L, 2);
        return;
    }
    lua_createtable(L, 0, 2);
    lua_insert(L, -3);
    lua_setfield(L, -3, "__mode");
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, target);
}

/* Copies the metamethods of the table at `former` to the one at `metatable`. */
static void copy_events(lua_State *L, int former, int metatable)
{
    lua_pushnil(L);
    while (lua_next(L, former)) {
        if (is_event_name(L, -2) && strcmp(lua_tostring(L, -2), "__gc") != 0 &&
            strcmp(lua_tostring(L, -2), "__mode") != 0) {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, metatable);
        } else {
            lua_pop(L, 1);
        }
    }
}

void lazy_freeze(lua_State *L, int index)
{
    int frozen = lua_absindex(L, index);
    luaL_checkstack(L, 12, "read-only table");
    if (lua_type(L, frozen) != LUA_TTABLE || lazy_is_frozen(L, frozen))
        return;
    lazy_open_all(L, frozen, false);
    int top = lua_gettop(L);
    lua_createtable(L, (int)lua_rawlen(L, frozen), 0);
    lua_createtable(L, 0, 3);
    move_content(L, frozen, top + 1);
    if (lua_getmetatable(L, frozen)) {
        keep_index(L, top + 3, top + 1, frozen);
        copy_events(L, top + 3, top + 2);
    } else {
        lua_pushboolean(L, false);
    }
    lua_rawsetp(L, top + 2, &former_key);
    lua_pushliteral(L, "__len");
    if (lua_rawget(L, top + 2) == LUA_TNIL) {
        lua_pushcfunction(L, frozen_len);
        lua_setfield(L, top + 2, "__len");
    }
    lua_settop(L, top + 2);
    lua_pushvalue(L, top + 1);
    lua_setfield(L, top + 2, "__index");
    lua_pushcfunction(L, lazy_refuse);
    lua_setfield(L, top + 2, "__newindex");
    lua_setmetatable(L, frozen);
    lua_settop(L, top);
}

bool lazy_is_frozen(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TTABLE || !lua_getmetatable(L, index))
        return false;
    lua_pushliteral(L, "__newindex");
    lua_rawget(L, -2);
    bool is_frozen = lua_tocfunction(L, -1) == lazy_refuse;
    lua_pop(L, 2);
    return is_frozen;
}

bool lazy_former_metatable(lua_State *L, int index)
{
    if (!lazy_is_frozen(L, index) || !lua_getmetatable(L, index))
        return false;
    int type = lua_rawgetp(L, -1, &former_key);
    lua_remove(L, -2);
    if (type != LUA_TTABLE)
        lua_pop(L, 1);
    if (type == LUA_TBOOLEAN)
        lua_pushnil(L);
    return type != LUA_TNIL;
}
