/* SPDX-License-Identifier: MIT */
/*
 * coroutine (global): spec actor-core 5.
 *
 *   coroutine.spawn(f)           a coroutine run by the scheduler of the process; runs at once until it first blocks; returns its thread
 *   coroutine.create(f), resume(co, ...), yield(...), status(co), running(), wrap(f), isyieldable()
 *
 * As in Lua 5.3, and blocking functions work inside: the coroutine and all its resumers are suspended until the operation is done.
 * yield at the top level of the entry point or of a spawned coroutine lets the other coroutines run.
 */
#include "stdlib/coroutine.h"

#include <lauxlib.h>
#include <lua.h>

#include "vm/coroutine.h"
#include "vm/fiber.h"
#include "vm/lazy.h"
#include "vm/state.h"

static lua_State *check_thread(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);
    luaL_argcheck(L, co, 1, "coroutine expected");
    return co;
}

static int coroutine_lua_create(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    coroutine_create(L);
    return 1;
}

/* Puts the outcome of a resume below true or false. */
static int resume_result(lua_State *L, int count)
{
    lua_pushboolean(L, count >= 0);
    lua_insert(L, count >= 0 ? -count - 1 : -2);
    return count >= 0 ? count + 1 : 2;
}

static int resume_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    return resume_result(L, coroutine_continue(L, (lua_State *)ctx, resume_k));
}

static int coroutine_lua_resume(lua_State *L)
{
    lua_State *co = check_thread(L);
    return resume_result(L, coroutine_resume(L, co, lua_gettop(L) - 1, resume_k));
}

/* wrap raises what its coroutine raised, with the position of the caller before a string. */
static int wrap_result(lua_State *L, int count)
{
    if (count >= 0)
        return count;
    state_check(L);
    if (lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int wrap_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    return wrap_result(L, coroutine_continue(L, (lua_State *)ctx, wrap_k));
}

static int wrap_call(lua_State *L)
{
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    return wrap_result(L, coroutine_resume(L, co, lua_gettop(L), wrap_k));
}

static int coroutine_lua_wrap(lua_State *L)
{
    coroutine_lua_create(L);
    lua_pushcclosure(L, wrap_call, 1);
    return 1;
}

static int yielded_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)L;
    (void)status;
    (void)ctx;
    return 0;
}

static int coroutine_lua_yield(lua_State *L)
{
    if (state_fiber(L)->thread == L)
        return state_pass(L, 0, yielded_k);
    return lua_yield(L, lua_gettop(L));
}

static int coroutine_lua_status(lua_State *L)
{
    static const char *const names[] = {"running", "suspended", "normal", "dead"};
    lua_pushstring(L, names[coroutine_status(L, check_thread(L))]);
    return 1;
}

static int coroutine_lua_running(lua_State *L)
{
    bool is_main = lua_pushthread(L);
    lua_pushboolean(L, is_main);
    return 2;
}

static int coroutine_lua_isyieldable(lua_State *L)
{
    lua_pushboolean(L, state_can_yield(L));
    return 1;
}

static int spawned_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    lua_settop(L, 1);
    return 1;
}

static int coroutine_lua_spawn(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    struct fiber *fiber = coroutine_new_fiber(L);
    if (state_of(L)->loading || !state_can_yield(L)) {
        fiber_ready(fiber);
        return 1;
    }
    fiber_ready_first(state_fiber(L));
    fiber_ready_first(fiber);
    return fiber_block(L, 0, 0, spawned_k);
}

const struct lazy_entry std_coroutine_entries[] = {
    LAZY_F("spawn", coroutine_lua_spawn),
    LAZY_F("create", coroutine_lua_create),
    LAZY_F("resume", coroutine_lua_resume),
    LAZY_F("yield", coroutine_lua_yield),
    LAZY_F("status", coroutine_lua_status),
    LAZY_F("running", coroutine_lua_running),
    LAZY_F("wrap", coroutine_lua_wrap),
    LAZY_F("isyieldable", coroutine_lua_isyieldable),
    LAZY_DONE,
};
