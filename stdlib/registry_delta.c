/* SPDX-License-Identifier: MIT */
/*
 * registry.build_delta: the arrays are encoded and compared outside of Lua, large ones on the blocking pool; the answer names positions, so the
 * result holds the very tables of the arguments.
 */
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "stdlib/job.h"
#include "stdlib/registry.h"
#include "stdlib/registry_lib.h"
#include "vm/encoding.h"
#include "vm/error.h"
#include "vm/handle.h"
#include "vm/lazy.h"
#include "vm/plain.h"
#include "vm/state.h"
#include "vm/type.h"
#include "vm/vm.h"

enum { AT_ONCE_MAX = 64 * 1024, AT_FROM = 1, AT_TO, AT_DELTA, AT_RESULT };

struct comparison;

/* ---- what came of a comparison ---- */

struct delta {
    const struct type *type;
    struct handle handle; /* owns the rest */
    struct registry_changes changes;
    struct comparison *pending; /* made, and not yet given to the pool */
};

static void release_delta(struct handle *handle)
{
    struct delta *delta = container_of(handle, struct delta, handle);
    free(delta->changes.items);
    free(delta->pending);
}

static int finalize_delta(lua_State *L)
{
    struct delta *delta = lua_touserdata(L, 1);
    handle_close(&delta->handle);
    return 0;
}

static const struct type delta_type = {.name = "registry.Delta", .finalize = finalize_delta};

/* ---- the result: arguments, delta and array at the stack indexes above; ctx is the next change ---- */

static void push_change(lua_State *L, const struct registry_change *change)
{
    static const char *const names[] = {"entry.create", "entry.update", "entry.delete"};
    lua_createtable(L, 0, 2);
    lua_pushstring(L, names[change->kind]);
    lua_setfield(L, -2, "kind");
    lua_rawgeti(L, change->kind == REGISTRY_DELETE ? AT_FROM : AT_TO, (lua_Integer)change->index + 1);
    lua_setfield(L, -2, "entry");
}

static int result_k(lua_State *L, int status, lua_KContext ctx)
{
    const struct delta *delta = lua_touserdata(L, AT_DELTA);
    (void)status;
    for (size_t i = (size_t)ctx; i < delta->changes.count; i++) {
        if (state_budget(L))
            return state_reschedule(L, (lua_KContext)i, result_k);
        push_change(L, &delta->changes.items[i]);
        lua_rawseti(L, AT_RESULT, (lua_Integer)i + 1);
    }
    return 1;
}

static int finish(lua_State *L, int result, const struct vm_error *error)
{
    if (result)
        return error_return(L, error->kind, "%s", error->message);
    lua_settop(L, AT_DELTA);
    lua_newtable(L);
    return result_k(L, LUA_OK, 0);
}

/* ---- on the pool ---- */

struct comparison {
    struct job job;
    const struct registry_source *source;
    struct registry_changes changes;
    struct vm_error error;
    int result;
    size_t length;
    unsigned char data[];
};

static void compare(struct job *job)
{
    struct comparison *comparison = container_of(job, struct comparison, job);
    comparison->result =
        comparison->source->compare(comparison->data, comparison->length, &comparison->changes, &comparison->error);
}

static void free_comparison(struct job *job)
{
    struct comparison *comparison = container_of(job, struct comparison, job);
    free(comparison->changes.items);
    free(comparison);
}

static int compared_k(lua_State *L, int status, lua_KContext ctx)
{
    struct comparison *comparison = container_of(job_of(ctx), struct comparison, job);
    struct delta *delta = lua_touserdata(L, AT_DELTA);
    (void)status;
    delta->changes = comparison->changes;
    comparison->changes = (struct registry_changes){0};
    int result = comparison->result;
    struct vm_error error = comparison->error;
    job_end(&comparison->job);
    return finish(L, result, &error);
}

static struct comparison *new_comparison(const struct registry_source *source, const struct codec_bytes *bytes)
{
    struct comparison *comparison = memory_zeroed(sizeof *comparison + bytes->length, "entries to compare");
    comparison->job.work = compare;
    comparison->job.destroy = free_comparison;
    comparison->source = source;
    comparison->length = bytes->length;
    memcpy(comparison->data, bytes->data, bytes->length);
    return comparison;
}

/* ---- build_delta ---- */

static int compare_bytes(lua_State *L, struct codec_bytes *bytes)
{
    const struct registry_source *source = registry_open(L);
    struct delta *delta = lua_touserdata(L, AT_DELTA);
    struct vm_error error = {0};
    if (bytes->length > AT_ONCE_MAX) {
        struct comparison *comparison = delta->pending = new_comparison(source, bytes);
        encoding_done(L, bytes);
        state_check_block(L);
        delta->pending = NULL;
        return job_run(L, &comparison->job, compared_k);
    }
    int result = source->compare(bytes->data, bytes->length, &delta->changes, &error);
    encoding_done(L, bytes);
    return finish(L, result, &error);
}

static int encode_k(lua_State *L, int status, lua_KContext ctx)
{
    struct codec_bytes bytes;
    (void)status;
    enum codec_status outcome = plain_encode(L, AT_FROM, 2, AT_DELTA, &bytes);
    if (outcome == CODEC_MORE)
        return state_reschedule(L, ctx, encode_k);
    if (outcome == CODEC_OK)
        return compare_bytes(L, &bytes);
    return error_return(L, ERROR_INVALID, "the entries cannot be compared: %s", codec_message(outcome));
}

int registry_build_delta(lua_State *L)
{
    luaL_checktype(L, AT_FROM, LUA_TTABLE);
    luaL_checktype(L, AT_TO, LUA_TTABLE);
    if (!registry_open(L))
        return 2;
    lua_settop(L, AT_TO);
    for (int at = AT_FROM; at <= AT_TO; at++)
        if (lazy_target(L, at))
            lua_replace(L, at);
    struct delta *delta = type_new(L, &delta_type, sizeof *delta);
    handle_keep(L, &delta->handle, release_delta);
    return encode_k(L, LUA_OK, 0);
}
