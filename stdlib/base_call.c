/* SPDX-License-Identifier: MIT */
/*
 * base_call: raising and catching. A process that is marked for death cannot be kept alive by what it catches: after an error pcall and xpcall
 * look at the mark (state_check raises again), and message handlers are not called any more.
 */
#include <lauxlib.h>

#include "stdlib/base.h"
#include "vm/fiber.h"
#include "vm/state.h"

int base_assert(lua_State *L)
{
    if (lua_toboolean(L, 1))
        return lua_gettop(L);
    luaL_checkany(L, 1);
    if (lua_gettop(L) == 1)
        return luaL_error(L, "assertion failed!");
    lua_settop(L, 2);
    return lua_error(L);
}

int base_error(lua_State *L)
{
    int level = (int)luaL_optinteger(L, 2, 1);
    lua_settop(L, 1);
    if (level > 0 && lua_type(L, 1) == LUA_TSTRING) {
        luaL_where(L, level);
        lua_pushvalue(L, 1);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

/* The protected call is over; `skip` values lie below its results. */
static int call_done(lua_State *L, int status, lua_KContext skip)
{
    if (status == LUA_OK || status == LUA_YIELD)
        return lua_gettop(L) - (int)skip;
    state_check(L);
    lua_pushboolean(L, false);
    lua_insert(L, -2);
    return 2;
}

int base_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushboolean(L, true);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, call_done);
    return call_done(L, status, 0);
}

/* Message handler; the program's own is the upvalue. */
static int handle_error(lua_State *L)
{
    lua_settop(L, 1);
    if (state_of(L)->doomed)
        return 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

int base_xpcall(lua_State *L)
{
    int n = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, handle_error, 1);
    lua_replace(L, 2);
    /* function, handler, true, function, arguments */
    lua_pushboolean(L, true);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    int status = lua_pcallk(L, n - 2, LUA_MULTRET, 2, 2, call_done);
    return call_done(L, status, 2);
}
