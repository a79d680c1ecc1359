/* SPDX-License-Identifier: MIT */
/*
 * template_setup: how a fresh state is filled, on both paths.
 *
 * Collection. GC is stopped during setup and then run once, in full. Two of its habits in Lua 5.3 would cost every
 * clone dearly. It shrinks the stack to what is in use, from which the first calls would grow it to twice its first
 * size; so it runs in a frame that claims FRAME_SLOTS slots, for which the first size is just right. And LUA_GCRESTART
 * sets the debt to 0, that is, starts a cycle at once. LUA_GCSTEP with a negative size adds that many KB to the debt
 * and does no step while it is below zero, so the state may allocate as much before its first cycle: what stock Lua
 * grants (the size of the state), and at least CREDIT_MIN_KB, within which short lives end without any GC.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "vm/template_build.h"

enum {
    FRAME_SLOTS =
        24, /* makes 27 with the two functions below and the one above: 27 + 27 / 8 + 10 are the 40 of a fresh stack */
    CREDIT_MIN_KB = 8,
    CACHE_SETS = 53,
};

struct setup_call {
    const struct template_config *config;
    void *user;
    int result;
};

/*
 * Lua remembers the strings it has last made for C, at addresses that say where: two for each of CACHE_SETS sets, which
 * follow one another with the addresses. It holds on to the compiler's words there, until others come.
 */
static void forget_strings(lua_State *L)
{
    char empty[CACHE_SETS] = "", point[2 * CACHE_SETS];
    for (size_t i = 0; i < CACHE_SETS; i++)
        memcpy(&point[2 * i], ".", 2);
    for (size_t i = 0; i < CACHE_SETS; i++) {
        lua_pushstring(L, &empty[i]);
        lua_pushstring(L, &point[2 * i]); /* 2 and the number of sets have no common factor */
        lua_pop(L, 2);
    }
}

/* Collects with FRAME_SLOTS slots in use. */
static void collect(lua_State *L)
{
    int top = lua_gettop(L);
    if (top < FRAME_SLOTS)
        luaL_checkstack(L, FRAME_SLOTS - top, NULL);
    luaL_checkstack(L, 2, NULL);
    forget_strings(L);
    lua_gc(L, LUA_GCCOLLECT, 0);
}

static int call_setup(lua_State *L)
{
    struct setup_call *call = lua_touserdata(L, 1);
    lua_settop(L, 0);
    call->result = call->config->setup(L, call->user, call->config->ctx);
    if (call->result >= 0)
        collect(L);
    return lua_gettop(L);
}

/* The error value on top of the stack as text; calls nothing that can raise. */
static void describe(lua_State *L, char *message, size_t size)
{
    if (lua_gettop(L) > 0 && lua_type(L, -1) == LUA_TSTRING)
        snprintf(message, size, "%s", lua_tostring(L, -1));
    else if (lua_gettop(L) > 0 && lua_type(L, -1) == LUA_TNUMBER)
        snprintf(message, size, "%.14g", lua_tonumber(L, -1));
    else
        snprintf(message, size, "setup failed with a %s value as its message",
                 lua_gettop(L) > 0 ? luaL_typename(L, -1) : "no");
}

int template_setup(const struct template_config *config, lua_State *L, void *user, char *message, size_t size)
{
    struct setup_call call = {.config = config, .user = user};
    lua_gc(L, LUA_GCSTOP, 0);
    *(void **)lua_getextraspace(L) = user;
    *(lua_State **)((char *)user + config->lua_offset) = L;
    lua_pushcfunction(L, call_setup);
    lua_pushlightuserdata(L, &call);
    int status = lua_pcall(L, 1, LUA_MULTRET, 0);
    if (status != LUA_OK)
        call.result = status == LUA_ERRMEM ? -ENOMEM : -EINVAL;
    if (call.result < 0) {
        describe(L, message, size);
        return call.result;
    }
    int used_kb = lua_gc(L, LUA_GCCOUNT, 0);
    lua_gc(L, LUA_GCRESTART, 0);
    lua_gc(L, LUA_GCSTEP, used_kb > CREDIT_MIN_KB ? -used_kb : -CREDIT_MIN_KB);
    return 0;
}
