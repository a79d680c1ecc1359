/* SPDX-License-Identifier: MIT */
/*
 * envelope: see envelope.h. A body of up to 256 bytes lies in the userdata, which then needs no finalizer; a bigger one is a reference to
 * its buffer, held by a userdata of its own that is the uservalue; then its address lies there. What a message of one number
 * costs here is mostly the memory that passes through the cache until it is collected, so the struct is small.
 */
#include "vm/envelope.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <lauxlib.h>

#include "vm/buffer.h"
#include "vm/codec.h"
#include "vm/message.h"
#include "vm/payload.h"
#include "vm/pid.h"
#include "vm/process.h"
#include "vm/scalars.h"
#include "vm/state.h"
#include "vm/type.h"

struct envelope {
    const struct type *type;
    uint64_t from;
    uint32_t length;
    uint16_t topic_length;
    bool in_buffer;
    char bytes[]; /* the topic, then the body or its address */
};

static struct envelope *check(lua_State *L)
{
    return type_check(L, 1, &envelope_type);
}

static const unsigned char *body_of(const struct envelope *envelope)
{
    const void *place = envelope->bytes + envelope->topic_length;
    const unsigned char *body = place;
    if (envelope->in_buffer)
        memcpy(&body, place, sizeof body);
    return body;
}

static int message_topic_method(lua_State *L)
{
    struct envelope *envelope = check(L);
    lua_pushlstring(L, envelope->bytes, envelope->topic_length);
    return 1;
}

static int message_from(lua_State *L)
{
    char text[PID_TEXT_MAX];
    lua_pushlstring(L, text, process_format_pid(state_vm(L), check(L)->from, text));
    return 1;
}

static int message_payload(lua_State *L)
{
    struct envelope *envelope = check(L);
    const unsigned char *body = body_of(envelope);
    if (scalars_decode_one(L, body, envelope->length)) {
        payload_push(L, -1, PAYLOAD_LUA);
        return 1;
    }
    int count = codec_count(body, envelope->length), owner = 1;
    if (count <= 0)
        return 0;
    if (envelope->in_buffer) {
        lua_getuservalue(L, 1);
        owner = lua_gettop(L);
    }
    if (count == 1) {
        payload_push_encoded(L, owner, body, envelope->length, 0);
        return 1;
    }
    lua_createtable(L, count, 0);
    for (int i = 0; i < count; i++) {
        payload_push_encoded(L, owner, body, envelope->length, i);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

static int message_tostring(lua_State *L)
{
    struct envelope *envelope = check(L);
    lua_pushliteral(L, "process.Message{topic=");
    lua_pushlstring(L, envelope->bytes, envelope->topic_length);
    lua_pushliteral(L, "}");
    lua_concat(L, 3);
    return 1;
}

static const luaL_Reg envelope_methods[] = {
    {"topic", message_topic_method},
    {"from", message_from},
    {"payload", message_payload},
    {NULL, NULL},
};

const struct type envelope_type = {
    .name = "process.Message", .methods = envelope_methods, .tostring = message_tostring, .place = TYPE_ENVELOPE};

void envelope_push(lua_State *L, const struct message *message)
{
    struct buffer *buffer = message_buffer(message);
    const unsigned char *body = message_body(message);
    size_t inside = buffer ? sizeof body : message->length;
    struct envelope *envelope =
        type_new(L, &envelope_type, offsetof(struct envelope, bytes) + message->topic_length + inside);
    envelope->from = message->from;
    envelope->length = message->length;
    envelope->topic_length = message->topic_length;
    memcpy(envelope->bytes, message_topic(message), message->topic_length);
    memcpy(envelope->bytes + message->topic_length, buffer ? (const void *)&body : body, inside);
    if (!buffer)
        return;
    envelope->in_buffer = true;
    payload_push_owner(L, buffer);
    lua_setuservalue(L, -2);
}
