/* SPDX-License-Identifier: MIT */
/*
 * ctx: the context values that the caller or spawner left, read only (spec actor-core 13).
 *
 *   ctx.get(key)    the value, a fresh copy; nil, err INVALID for an empty key, NOT_FOUND
 *   ctx.all()       a fresh table of all values
 */
#include "stdlib/ctx.h"

#include <lauxlib.h>

#include "vm/context.h"
#include "vm/encoding.h"
#include "vm/error.h"
#include "vm/process_struct.h"
#include "vm/state.h"

static int fail_decode(lua_State *L, enum codec_status status)
{
    return error_return(L, ERROR_INTERNAL, "context value cannot be decoded: %s", codec_message(status));
}

static int not_found(lua_State *L)
{
    size_t length;
    lua_pushnil(L);
    lua_pushliteral(L, "key not found: ");
    lua_pushvalue(L, 1);
    lua_concat(L, 2);
    const char *text = lua_tolstring(L, -1, &length);
    error_push_full(L, ERROR_NOT_FOUND, text, length, 0, 0);
    lua_remove(L, -2);
    return 2;
}

static int get_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct context_value value;
    size_t length;
    int count;
    const char *key = lua_tolstring(L, 1, &length);
    if (!context_find(state_process(L)->context, key, length, &value))
        return not_found(L);
    enum codec_status outcome = encoding_decode(L, value.data, value.length, 1, &count);
    if (outcome == CODEC_MORE)
        return state_reschedule(L, ctx, get_k);
    return outcome == CODEC_OK ? 1 : fail_decode(L, outcome);
}

static int ctx_get(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TSTRING);
    if (lua_rawlen(L, 1) == 0)
        return error_return(L, ERROR_INVALID, "empty key");
    lua_settop(L, 1);
    return get_k(L, LUA_OK, 0);
}

/* The table is at stack index 1; ctx is the index of the next value. */
static int all_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    const struct context *context = state_process(L)->context;
    struct context_value value;
    for (size_t i = (size_t)ctx; i < context_count(context); i++) {
        int count;
        if (state_budget(L))
            return state_reschedule(L, (lua_KContext)i, all_k);
        context_at(context, i, &value);
        enum codec_status outcome = encoding_decode(L, value.data, value.length, 1, &count);
        if (outcome == CODEC_MORE)
            return state_reschedule(L, (lua_KContext)i, all_k);
        if (outcome != CODEC_OK)
            return fail_decode(L, outcome);
        lua_pushlstring(L, value.key, value.key_length);
        lua_insert(L, -2);
        lua_rawset(L, 1);
    }
    return 1;
}

static int ctx_all(lua_State *L)
{
    lua_settop(L, 0);
    lua_createtable(L, 0, (int)context_count(state_process(L)->context));
    return all_k(L, LUA_OK, 0);
}

const struct lazy_entry std_ctx_entries[] = {
    LAZY_F("get", ctx_get),
    LAZY_F("all", ctx_all),
    LAZY_DONE,
};
