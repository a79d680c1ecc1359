/* SPDX-License-Identifier: MIT */
/*
 * coroutine: see coroutine.h. lua_resume inside a C function with a continuation: when the inner coroutine comes back suspended for the
 * scheduler (state->yield is not YIELD_USER), the outer one yields too, with a continuation that resumes the inner one again.
 */
#include "vm/coroutine.h"

#include <stdint.h>

#include <lauxlib.h>

#include "vm/fiber.h"
#include "vm/state.h"

enum { BUSY = 1 };

static uintptr_t *mark_of(lua_State *co)
{
    return lua_getextraspace(co);
}

/* Whether somebody will resume it already. The entry point carries no mark: threads are made as copies of its extra space. */
static bool is_claimed(lua_State *co)
{
    return *mark_of(co) & BUSY || co == state_of(co)->L;
}

void coroutine_claim(lua_State *co)
{
    *mark_of(co) |= BUSY;
}

lua_State *coroutine_create(lua_State *L)
{
    lua_State *co = lua_newthread(L);
    lua_sethook(co, NULL, 0, 0); /* lua_newthread copies an armed hook */
    *mark_of(co) = (uintptr_t)state_of(L);
    lua_insert(L, -2);
    lua_xmove(L, co, 1);
    return co;
}

struct fiber *coroutine_new_fiber(lua_State *L)
{
    lua_State *co = coroutine_create(L);
    coroutine_claim(co);
    struct fiber *fiber = fiber_new(state_of(L), co);
    if (!fiber)
        state_die(L);
    return fiber;
}

enum coroutine_status coroutine_status(lua_State *L, lua_State *co)
{
    lua_Debug ar;
    if (L == co)
        return COROUTINE_RUNNING;
    switch (lua_status(co)) {
    case LUA_YIELD:
        return is_claimed(co) ? COROUTINE_NORMAL : COROUTINE_SUSPENDED;
    case LUA_OK:
        if (lua_getstack(co, 0, &ar) > 0)
            return COROUTINE_NORMAL; /* it is running somewhere below */
        if (lua_gettop(co) == 0)
            return COROUTINE_DEAD;
        return is_claimed(co) ? COROUTINE_NORMAL : COROUTINE_SUSPENDED; /* not started */
    default:
        return COROUTINE_DEAD;
    }
}

/* Moves the outcome of a resume that ended or yielded to its resumer. */
static int collect_results(lua_State *L, lua_State *co, int status)
{
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(co, L, 1);
        return -1;
    }
    int count = lua_gettop(co);
    if (!lua_checkstack(L, count + 1)) {
        lua_pop(co, count);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(co, L, count);
    return count;
}

static int run(lua_State *L, lua_State *co, int nargs, lua_KFunction k)
{
    struct state *state = state_of(L);
    bool chain_ok = state->chain_ok;
    *mark_of(co) |= BUSY;
    state->chain_ok = chain_ok && lua_isyieldable(L);
    state_enter(state, co);
    int status = lua_resume(co, L, nargs);
    state->cur = L;
    state->chain_ok = chain_ok;
    if (status == LUA_YIELD && state->yield != YIELD_USER)
        return lua_yieldk(L, 0, (lua_KContext)co, k); /* does not return */
    *mark_of(co) &= ~(uintptr_t)BUSY;
    state_enter(state, L);
    return collect_results(L, co, status);
}

int coroutine_resume(lua_State *L, lua_State *co, int nargs, lua_KFunction k)
{
    switch (coroutine_status(L, co)) {
    case COROUTINE_SUSPENDED:
        break;
    case COROUTINE_DEAD:
        lua_pop(L, nargs);
        lua_pushliteral(L, "cannot resume dead coroutine");
        return -1;
    default:
        lua_pop(L, nargs);
        lua_pushliteral(L, "cannot resume non-suspended coroutine");
        return -1;
    }
    if (!lua_checkstack(co, nargs)) {
        lua_pop(L, nargs);
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    lua_xmove(L, co, nargs);
    return run(L, co, nargs, k);
}

int coroutine_continue(lua_State *L, lua_State *co, lua_KFunction k)
{
    return run(L, co, 0, k);
}
