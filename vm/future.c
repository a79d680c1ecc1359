/* SPDX-License-Identifier: MIT */
/*
 * future: see future.h. The user value of a Future is its channel; the channel's buffer table keeps the Future, so either of them keeps both.
 *
 *   f:response() = f:channel()   the channel, the same every time
 *   f:is_complete()              true once the result is here
 *   f:is_canceled()              true after f:cancel()
 *   f:result()                   nil, nil while it runs; Payload, nil; or nil, err
 *   f:error()                    err, true if it failed; else nil, false
 *   f:cancel()                   true; the channel is closed and the call ended
 */
#include "vm/future.h"

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "vm/buffer.h"
#include "vm/channel.h"
#include "vm/codec.h"
#include "vm/encoding.h"
#include "vm/error.h"
#include "vm/fiber.h"
#include "vm/handle.h"
#include "vm/heap.h"
#include "vm/invoke.h"
#include "vm/message.h"
#include "vm/payload.h"
#include "vm/process_struct.h"
#include "vm/state.h"

struct future {
    const struct type *type;
    struct state *state;
    struct channel *channel;
    struct handle handle;
    struct invocation *invocation; /* NULL: over, or none */
    struct buffer *result;         /* NULL: not here; one reference */
    bool failed, canceled;
    bool is_ready; /* nobody has received it yet */
    bool is_anchored;
};

static void drop_result(struct future *future)
{
    buffer_unref(future->result);
    future->result = NULL;
}

static void release(struct handle *handle)
{
    drop_result(container_of(handle, struct future, handle));
}

/* The result counts for the heap of who has the Future. */
static void charge_result(struct future *future, int sign)
{
    if (future->result)
        heap_charge(heap_of_user(future->state), sign * (ptrdiff_t)future->result->length);
}

static int finalize(lua_State *L)
{
    struct future *future = lua_touserdata(L, 1);
    charge_result(future, -1);
    handle_close(&future->handle);
    return 0;
}

struct future *future_new(lua_State *L)
{
    struct future *future = type_new(L, &future_type, sizeof *future);
    future->state = state_of(L);
    future->channel = channel_new(L, 1);
    future->channel->source = SOURCE_FUTURE;
    future->channel->future = future;
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, -3);
    lua_rawseti(L, -2, 0);
    lua_setuservalue(L, -2);
    lua_setuservalue(L, -2);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, future);
    future->is_anchored = true;
    handle_keep(L, &future->handle, release);
    return future;
}

static void release_anchor(struct future *future, lua_State *L)
{
    if (!future->is_anchored)
        return;
    future->is_anchored = false;
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, future);
}

void future_discard(lua_State *L, struct future *future)
{
    release_anchor(future, L);
}

void future_begin(struct future *future, struct invocation *invocation)
{
    future->invocation = invocation;
}

void future_settle(struct future *future, struct buffer *result, bool failed)
{
    future->invocation = NULL;
    future->result = buffer_ref(result);
    charge_result(future, 1);
    future->failed = failed;
    future->is_ready = true;
    future->channel->closed = true; /* after the one item */
    channel_notify(future->channel, future->state->process);
    release_anchor(future, future->state->cur);
}

void future_orphan(struct future *future)
{
    future->invocation = NULL;
    future->canceled = true;
    if (!future->state->process->keeps)
        return;
    channel_shut(future->channel);
    release_anchor(future, future->state->L);
}

/* ---- items of the channel ---- */

bool future_is_ready(const struct future *future)
{
    return future->is_ready;
}

void future_take(struct future *future)
{
    future->is_ready = false;
}

/* A Payload of the value. A small result is copied, a big one shared. */
static void push_payload(lua_State *L, const struct future *future)
{
    struct buffer *result = future->result;
    bool is_big = result->length > MESSAGE_INLINE_MAX;
    if (is_big)
        payload_push_owner(L, result);
    payload_push_encoded(L, is_big ? lua_gettop(L) : 0, result->bytes, result->length, 0);
    if (is_big)
        lua_remove(L, -2);
}

/* The error object; false: over budget, a decoder is at top + 1. */
static bool push_error(lua_State *L, const struct future *future, int top)
{
    int count = 0;
    enum codec_status status = encoding_decode(L, future->result->bytes, future->result->length, top, &count);
    if (status == CODEC_MORE)
        return false;
    if (status != CODEC_OK || count < 2)
        error_push(L, ERROR_INTERNAL, "error cannot be decoded: %s", codec_message(status));
    return true;
}

bool future_push_item(lua_State *L, struct future *future, int place)
{
    if (future->failed)
        return push_error(L, future, place - 1);
    push_payload(L, future);
    return true;
}

/* ---- methods ---- */

static struct future *check(lua_State *L)
{
    struct future *future = type_check(L, 1, &future_type);
    process_drain(state_process(L)); /* the result may lie in the mailbox */
    return future;
}

static int future_channel(lua_State *L)
{
    type_check(L, 1, &future_type);
    lua_getuservalue(L, 1);
    return 1;
}

static int future_is_complete(lua_State *L)
{
    lua_pushboolean(L, check(L)->result != NULL);
    return 1;
}

static int future_is_canceled(lua_State *L)
{
    lua_pushboolean(L, check(L)->canceled);
    return 1;
}

static int result_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct future *future = lua_touserdata(L, 1);
    if (future->canceled)
        return error_return(L, ERROR_CANCELED, "canceled");
    if (!push_error(L, future, 1))
        return state_reschedule(L, ctx, result_k);
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
}

static int future_result(lua_State *L)
{
    struct future *future = check(L);
    lua_settop(L, 1);
    if (future->canceled || (future->result && future->failed))
        return result_k(L, LUA_OK, 0);
    if (future->result)
        push_payload(L, future);
    else
        lua_pushnil(L);
    lua_pushnil(L);
    return 2;
}

static int error_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    if (!push_error(L, lua_touserdata(L, 1), 1))
        return state_reschedule(L, ctx, error_k);
    lua_pushboolean(L, true);
    return 2;
}

static int future_error(lua_State *L)
{
    struct future *future = check(L);
    lua_settop(L, 1);
    if (future->result && future->failed && !future->canceled)
        return error_k(L, LUA_OK, 0);
    lua_pushnil(L);
    lua_pushboolean(L, false);
    return 2;
}

static int future_cancel(lua_State *L)
{
    struct future *future = check(L);
    struct invocation *invocation = future->invocation;
    future->canceled = true;
    future->is_ready = false;
    future->invocation = NULL;
    if (invocation)
        invocation_abandon(invocation);
    release_anchor(future, L);
    channel_shut(future->channel);
    lua_pushboolean(L, true);
    return 1;
}

static int future_tostring(lua_State *L)
{
    const struct future *future = type_check(L, 1, &future_type);
    lua_pushfstring(L, "Future{%s}", future->canceled ? "canceled" : future->result ? "complete" : "pending");
    return 1;
}

static const luaL_Reg future_methods[] = {
    {"response", future_channel},        {"channel", future_channel},
    {"is_complete", future_is_complete}, {"is_canceled", future_is_canceled},
    {"result", future_result},           {"error", future_error},
    {"cancel", future_cancel},           {NULL, NULL},
};

const struct type future_type = {
    .name = "Future", .methods = future_methods, .is_generic = true, .tostring = future_tostring, .finalize = finalize};
