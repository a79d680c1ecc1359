/* SPDX-License-Identifier: MIT */
/*
 * boot: the C function at the bottom of every main thread. It runs the chunks of the program (its arguments: one function per unit) in order,
 * finds the entry point, waits for the start (YIELD_LOADED), calls the entry point and stores what it returned as the result of the process.
 * Every call is a lua_callk, so preemption and blocking pass through.
 *
 * A function serves one call after the other: the entry point stays at stack index 1, a copy of it is called in protected mode, so that an
 * error ends the call and not the thread, and YIELD_ENDED waits for the next call (lua_resume of a thread that has ended by an error is
 * not possible).
 *
 * A function without a method is its chunk: that is not run at load, but called with the arguments. If it returns a function, that one is the
 * entry point from then on.
 */
#include "vm/boot.h"

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
#include "vm/exit.h"
#include "vm/fiber.h"
#include "vm/process_new.h"
#include "vm/process_struct.h"
#include "vm/state.h"

enum { ENTRY = 1, RESUMABLE_FROM = 16 * 1024 };

static int start_k(lua_State *L, int status, lua_KContext ctx);

static bool is_function(lua_State *L)
{
    return state_of(L)->pool != NULL;
}

/* Stack index of what is called; later of its first result. */
static int base_of(lua_State *L)
{
    return is_function(L) ? ENTRY + 1 : ENTRY;
}

/* ---- the end: stack from `base` is value, error ---- */

/* The result is stored. A function waits for its next call. */
static int over(lua_State *L)
{
    if (!is_function(L))
        return 0;
    lua_settop(L, ENTRY);
    state_of(L)->yield = YIELD_ENDED;
    return lua_yieldk(L, 0, 0, start_k);
}

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
    int base = base_of(L);
    enum codec_status outcome = encoding_run(L, base, 2, base + 1, &bytes);
    if (outcome == CODEC_MORE)
        return state_reschedule(L, ctx, store_k);
    if (outcome == CODEC_OK) {
        store_bytes(L, &bytes, !lua_isnil(L, base + 1));
    } else {
        snprintf(text, sizeof text, "result cannot be sent: %s", codec_message(outcome));
        process_fail_message(state_process(L), ERROR_INTERNAL, text, 0);
    }
    encoding_done(L, &bytes);
    return over(L);
}

static int ended_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    struct error_view view;
    int value = base_of(L), error = value + 1;
    lua_settop(L, error);
    if (lua_type(L, error) == LUA_TSTRING) {
        size_t length;
        const char *text = lua_tolstring(L, error, &length);
        error_push_full(L, ERROR_INTERNAL, text, length, 0, 0);
        lua_replace(L, error);
    } else if (!error_view(L, error, &view)) {
        lua_pushnil(L);
        lua_replace(L, error);
        return store_k(L, LUA_OK, 0);
    }
    lua_pushnil(L);
    lua_replace(L, value);
    return store_k(L, LUA_OK, 0);
}

/* The protected call of a function has come back. */
static int function_ended_k(lua_State *L, int status, lua_KContext ctx)
{
    struct state *state = state_of(L);
    if (status != LUA_OK && status != LUA_YIELD) {
        process_fail_with_error(state->process, L, status);
        return over(L);
    }
    if (state->chunk_is_entry && lua_isfunction(L, ENTRY + 1)) {
        state->chunk_is_entry = false;
        lua_settop(L, ENTRY + 1);
        lua_replace(L, ENTRY);
        return start_k(L, LUA_OK, 0);
    }
    return ended_k(L, status, ctx);
}

/* ---- start: stack from `base` is the entry point ---- */

static void drop_args(const struct state *state)
{
    if (state->chunk_is_entry)
        return; /* a function that it returns gets them too */
    process_drop_args(state->process);
}

static int call_entry(lua_State *L, int count)
{
    int base = base_of(L);
    if (lua_gettop(L) > base + count)
        lua_remove(L, base + 1); /* the decoder */
    drop_args(state_of(L));
    if (is_function(L))
        return function_ended_k(L, lua_pcallk(L, count, 2, 0, 0, function_ended_k), 0);
    lua_callk(L, count, 2, 0, ended_k);
    return ended_k(L, LUA_OK, 0);
}

static int decode_args_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    size_t length;
    const unsigned char *args = process_args(state_process(L), &length);
    int count = 0;
    enum codec_status outcome;
    if (length < RESUMABLE_FROM) {
        outcome = codec_decode(L, args, length, &count);
    } else {
        struct codec_decoder *decoder = lua_touserdata(L, base_of(L) + 1);
        if (!decoder)
            decoder = codec_decoder_new(L, args, length);
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
    lua_settop(L, ENTRY);
    if (is_function(L))
        lua_pushvalue(L, ENTRY);
    size_t length;
    return process_args(state_process(L), &length) ? decode_args_k(L, status, ctx) : call_entry(L, 0);
}

/* ---- load: stack is the functions, then the results, of the units ---- */

/* Leaves the entry point alone on the stack; raises if there is none. */
static void find_entry(lua_State *L, const struct code *code)
{
    const char *method = code_method(code)[0] ? code_method(code) : "main";
    if (lua_istable(L, -1) && !state_of(L)->chunk_is_entry) {
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

/* Runs the units from that one on, and leaves the entry point alone on the stack. */
static void run_units(lua_State *L, unsigned unit)
{
    struct state *state = state_of(L);
    const struct code *code = state->code;
    for (; unit < code_unit_count(code); unit++) {
        code_set_globals(L, code, unit);
        lua_pushvalue(L, (int)unit + 1);
        code_set_types(L, code, unit, -1);
        if (state->chunk_is_entry && unit + 1 == code_unit_count(code))
            break;
        lua_callk(L, 0, 1, (lua_KContext)unit, unit_k);
        store_unit(L, unit);
    }
    find_entry(L, code);
}

static void make_results(lua_State *L, unsigned count)
{
    luaL_checkstack(L, 8, "too many imports");
    if (count == 1)
        return;
    lua_createtable(L, (int)count, 0);
    lua_rawsetp(L, LUA_REGISTRYINDEX, code_results_key());
}

/* The stack is the entry point. */
static int wait_for_start(lua_State *L)
{
    struct state *state = state_of(L);
    state->loading = false;
    state->yield = YIELD_LOADED;
    return lua_yieldk(L, 0, 0, start_k);
}

static int unit_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    store_unit(L, (unsigned)ctx);
    run_units(L, (unsigned)ctx + 1);
    return wait_for_start(L);
}

int boot_main(lua_State *L)
{
    struct state *state = state_of(L);
    unsigned count = code_unit_count(state->code);
    state->chunk_is_entry = state->pool && !code_method(state->code)[0];
    make_results(L, count);
    run_units(L, 0);
    return wait_for_start(L);
}

/* At the bottom of the main thread of a preloaded state. Who spawned it may have let it start at once. */
static int boot_preloaded(lua_State *L)
{
    return state_process(L)->phase == PROCESS_LOADING ? wait_for_start(L) : start_k(L, LUA_OK, 0);
}

void boot_preload(lua_State *L)
{
    make_results(L, code_unit_count(state_of(L)->code));
    run_units(L, 0);
    lua_pushcfunction(L, boot_preloaded);
    lua_insert(L, 1);
}
