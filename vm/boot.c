/* SPDX-License-Identifier: MIT */
/*
 * boot: the C function at the bottom of every main thread. It runs the chunks of the program (its arguments: one function per unit) in order,
 * finds the entry point, waits for the start (YIELD_LOADED), calls the entry point and stores what it returned as the result of the process.
 * Every call is lua_callk, so preemption and blocking pass through.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "vm/buffer.h"
#include "vm/code_struct.h"
#include "vm/codec.h"
#include "vm/encoding.h"
#include "vm/error.h"
#include "vm/fiber.h"
#include "vm/process_struct.h"
#include "vm/state.h"

enum { ARGS_PLACE = 2, RESUMABLE_FROM = 16 * 1024 };

/* ---- result: stack is value, error ---- */

static void store_bytes(lua_State *L, const struct codec_bytes *bytes, bool failed)
{
    struct buffer *buffer = buffer_new(bytes->length);
    if (!buffer) {
        process_fail_message(state_process(L), ERROR_INTERNAL, "out of memory for the result", -1);
        return;
    }
    memcpy(buffer->bytes, bytes->data, bytes->length);
    process_set_result(state_process(L), buffer, failed);
}

static int store_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct codec_bytes bytes = {0};
    char text[160];
    enum codec_status outcome = encoding_run(L, 1, 2, 2, &bytes);
    if (outcome == CODEC_MORE)
        return state_reschedule(L, ctx, store_k);
    if (outcome == CODEC_OK) {
        store_bytes(L, &bytes, !lua_isnil(L, 2));
    } else {
        snprintf(text, sizeof text, "result cannot be sent: %s", codec_message(outcome));
        process_fail_message(state_process(L), ERROR_INTERNAL, text, 0);
    }
    encoding_done(L, &bytes);
    return 0;
}

static int ended_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    struct error_view view;
    lua_settop(L, 2);
    if (lua_type(L, 2) == LUA_TSTRING) {
        size_t length;
        const char *text = lua_tolstring(L, 2, &length);
        error_push_full(L, ERROR_INTERNAL, text, length, 0, 0);
        lua_replace(L, 2);
    } else if (!error_view(L, 2, &view)) {
        lua_pushnil(L);
        lua_replace(L, 2);
        return store_k(L, LUA_OK, 0);
    }
    lua_pushnil(L);
    lua_replace(L, 1);
    return store_k(L, LUA_OK, 0);
}

/* ---- start: stack is the entry point ---- */

static int call_entry(lua_State *L, int count)
{
    struct process *process = state_process(L);
    free(process->args);
    process->args = NULL;
    if (lua_gettop(L) > count + 1)
        lua_remove(L, ARGS_PLACE); /* the decoder */
    lua_callk(L, count, 2, 0, ended_k);
    return ended_k(L, LUA_OK, 0);
}

static int decode_args_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct process *process = state_process(L);
    int count = 0;
    enum codec_status outcome;
    if (process->args_length < RESUMABLE_FROM) {
        outcome = codec_decode(L, process->args, process->args_length, &count);
    } else {
        struct codec_decoder *decoder = lua_touserdata(L, ARGS_PLACE);
        if (!decoder)
            decoder = codec_decoder_new(L, process->args, process->args_length);
        outcome = codec_decoder_run(L, decoder, &count);
        if (outcome == CODEC_MORE)
            return state_reschedule(L, ctx, decode_args_k);
    }
    if (outcome != CODEC_OK)
        return luaL_error(L, "arguments cannot be decoded: %s", codec_message(outcome));
    return call_entry(L, count);
}

static int start_k(lua_State *L, int status, lua_KContext ctx)
{
    lua_settop(L, 1);
    if (!state_process(L)->args) {
        lua_callk(L, 0, 2, 0, ended_k);
        return ended_k(L, LUA_OK, 0);
    }
    return decode_args_k(L, status, ctx);
}

/* ---- load: stack is the functions, then the results, of the units ---- */

/* Leaves the entry point alone on the stack; raises if there is none. */
static void find_entry(lua_State *L, const struct code *code)
{
    const char *method = code_method(code)[0] ? code_method(code) : "main";
    if (lua_istable(L, -1)) {
        lua_getfield(L, -1, method);
        lua_remove(L, -2);
    }
    if (!lua_isfunction(L, -1)) {
        error_push(L, ERROR_NOT_FOUND, "method \"%s\" not found in module %s", method, code_id(code));
        lua_error(L);
    }
    lua_insert(L, 1);
    lua_settop(L, 1);
}

/* The result of unit number `unit` is on top: it goes to the unit's place, and where `require` finds it. */
static void store_unit(lua_State *L, unsigned unit)
{
    if (code_unit_count(state_of(L)->code) > 1) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, code_results_key());
        lua_pushvalue(L, -2);
        lua_rawseti(L, -2, (lua_Integer)unit + 1);
        lua_pop(L, 1);
    }
    lua_replace(L, (int)unit + 1);
}

static int unit_k(lua_State *L, int status, lua_KContext ctx);

static int run_units(lua_State *L, unsigned unit)
{
    const struct code *code = state_of(L)->code;
    for (; unit < code_unit_count(code); unit++) {
        code_set_globals(L, code, unit);
        lua_pushvalue(L, (int)unit + 1);
        lua_callk(L, 0, 1, (lua_KContext)unit, unit_k);
        store_unit(L, unit);
    }
    find_entry(L, code);
    struct state *state = state_of(L);
    state->loading = false;
    state->yield = YIELD_LOADED;
    return lua_yieldk(L, 0, 0, start_k);
}

static int unit_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    store_unit(L, (unsigned)ctx);
    return run_units(L, (unsigned)ctx + 1);
}

int boot_main(lua_State *L)
{
    unsigned count = code_unit_count(state_of(L)->code);
    luaL_checkstack(L, 8, "too many imports");
    if (count > 1) {
        lua_createtable(L, (int)count, 0);
        lua_rawsetp(L, LUA_REGISTRYINDEX, code_results_key());
    }
    return run_units(L, 0);
}
