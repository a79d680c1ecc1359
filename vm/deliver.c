/* SPDX-License-Identifier: MIT */
/*
 * deliver: see deliver.h. While a value is being made the item stays in fiber->item, so that an error (out of memory) loses nothing but
 * the message. Bodies over 16 KB are decoded by the resumable decoder.
 */
#include "vm/deliver.h"

#include <lauxlib.h>

#include "vm/channel.h"
#include "vm/codec.h"
#include "vm/encoding.h"
#include "vm/envelope.h"
#include "vm/error.h"
#include "vm/fiber.h"
#include "vm/future.h"
#include "vm/message.h"
#include "vm/pid.h"
#include "vm/process.h"
#include "vm/router.h"
#include "vm/scalars.h"
#include "vm/state.h"
#include "vm/vm_struct.h"

enum { RESUMABLE_FROM = 16 * 1024 };

static int fail_decode(lua_State *L, enum codec_status status)
{
    return luaL_error(L, "message cannot be decoded: %s", codec_message(status));
}

/* Decodes all values of the body onto the stack; -1: over budget (the decoder is at `place`). */
static int decode_body(lua_State *L, const struct message *item, int place)
{
    int count = 0;
    enum codec_status status;
    const unsigned char *body = message_body(item);
    if (item->length == 0)
        return 0; /* sent without arguments */
    if (item->length < RESUMABLE_FROM) {
        status = codec_decode(L, body, item->length, &count);
        return status == CODEC_OK ? count : fail_decode(L, status);
    }
    struct codec_decoder *decoder = lua_gettop(L) >= place ? lua_touserdata(L, place) : NULL;
    if (!decoder)
        decoder = codec_decoder_new(L, body, item->length);
    status = codec_decoder_run(L, decoder, &count);
    if (status == CODEC_MORE && state_can_yield(L))
        return -1;
    while (status == CODEC_MORE) {
        state_check(L);
        status = codec_decoder_run(L, decoder, &count);
    }
    return status == CODEC_OK ? count : fail_decode(L, status);
}

/* Raw mode: none nil, one the value, several an array. */
static bool push_raw(lua_State *L, const struct message *item, int place)
{
    int count = decode_body(L, item, place);
    if (count < 0)
        return false;
    if (count == 0)
        lua_pushnil(L);
    if (count <= 1)
        return true;
    lua_createtable(L, count, 0);
    lua_insert(L, -count - 1);
    for (int i = count; i >= 1; i--)
        lua_rawseti(L, -i - 1, i);
    return true;
}

static void set_pid(lua_State *L, const char *key, uint64_t pid)
{
    char text[PID_TEXT_MAX];
    size_t length = process_format_pid(state_vm(L), pid, text);
    lua_pushlstring(L, text, length);
    lua_setfield(L, -2, key);
}

static void push_event_head(lua_State *L, const struct message *item, const char *kind)
{
    lua_createtable(L, 0, 4);
    lua_pushstring(L, kind);
    lua_setfield(L, -2, "kind");
    lua_pushinteger(L, (lua_Integer)(item->id / 1000000000));
    lua_setfield(L, -2, "at");
    if (item->from)
        set_pid(L, "from", item->from);
}

/* Setting nil would make room for it, and most ends have one of them or none. */
static void push_result(lua_State *L, int value, int error)
{
    bool has_value = !lua_isnil(L, value), has_error = !lua_isnil(L, error);
    lua_createtable(L, 0, has_value + has_error);
    if (has_value) {
        lua_pushvalue(L, value - 1);
        lua_setfield(L, -2, "value");
    }
    if (has_error) {
        lua_pushvalue(L, error - 1);
        lua_setfield(L, -2, "error");
    }
}

static bool push_event(lua_State *L, const struct message *item, int place)
{
    if (item->kind == MESSAGE_CANCEL) {
        push_event_head(L, item, "pid.cancel");
        lua_pushlstring(L, (const char *)message_body(item), item->length);
        lua_setfield(L, -2, "reason");
        return true;
    }
    if (decode_body(L, item, place) < 0) /* value, error */
        return false;
    push_event_head(L, item, item->kind == MESSAGE_EXIT ? "pid.exit" : "pid.link.down");
    push_result(L, -3, -2);
    lua_setfield(L, -2, "result");
    return true;
}

/* An event of a broker: system, kind, path and perhaps data. */
static bool push_feed_event(lua_State *L, const struct message *item, int place)
{
    static const char *const fields[] = {"system", "kind", "path", "data"};
    int count = decode_body(L, item, place);
    if (count < 0)
        return false;
    lua_createtable(L, 0, count);
    lua_insert(L, -count - 1);
    for (int i = count; i >= 1; i--)
        lua_setfield(L, -i - 1, fields[i - 1]);
    return true;
}

static bool push_item(lua_State *L, struct fiber *fiber, struct channel *channel, int place)
{
    const struct message *item = fiber->item;
    if (channel->source == SOURCE_TIMER) {
        state_vm(L)->config.push_time(L, fiber->wall_ns);
        return true;
    }
    if (channel->source == SOURCE_FUTURE)
        return future_push_item(L, channel->future, place);
    if (item->kind == MESSAGE_FEED)
        return push_feed_event(L, item, place);
    if (item->kind != MESSAGE_USER)
        return push_event(L, item, place);
    if (!fiber->as_message)
        return push_raw(L, item, place);
    envelope_push(L, item);
    return true;
}

/* A small table, or several small values. */
static __attribute__((noinline)) bool push_table(lua_State *L, const unsigned char *body, size_t length)
{
    return encoding_decode_flat(L, body, length) || scalars_decode_list(L, body, length);
}

bool deliver_small(lua_State *L, struct fiber *fiber)
{
    struct message *item = fiber->item;
    if (!item || fiber->as_message || item->kind != MESSAGE_USER)
        return false;
    const unsigned char *body = message_body(item);
    if (!scalars_decode_one(L, body, item->length) && !push_table(L, body, item->length))
        return false;
    fiber->item = NULL;
    message_free(item);
    return true;
}

bool deliver_push(lua_State *L, struct fiber *fiber, struct channel *channel, int place)
{
    luaL_checkstack(L, 12, "message");
    if (!push_item(L, fiber, channel, place))
        return false;
    lua_copy(L, -1, place);
    lua_settop(L, place);
    fiber_drop_item(fiber);
    return true;
}
