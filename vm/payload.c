/* SPDX-License-Identifier: MIT */
/*
 * payload: see payload.h. The user value of a Payload is the Lua value; while the Payload is still encoded it is whatever owns
 * the bytes. Decoding replaces the one by the other, so the bytes are let go and data() gives the same value every time.
 *
 * A Payload has no finalizer: the owner has.
 */
#include "vm/payload.h"

#include <stdbool.h>
#include <string.h>

#include <lauxlib.h>

#include "vm/buffer.h"
#include "vm/codec.h"
#include "vm/error.h"
#include "vm/handle.h"
#include "vm/heap.h"
#include "vm/state.h"
#include "vm/type.h"

struct payload {
    const struct type *type;
    const unsigned char *data; /* NULL: decoded */
    size_t length;
    int value;      /* which top-level value of the encoding */
    uint8_t format; /* enum payload_format; while encoded PAYLOAD_FORMATS: not looked at yet */
    unsigned char bytes[];
};

/* From here on decoding saves its cursor. Smaller encodings take less than the clock is worth. */
enum { DECODE_AT_ONCE = 4096 };

const char *payload_format_name(enum payload_format format)
{
    static const char *const names[PAYLOAD_FORMATS] = {
        [PAYLOAD_LUA] = "lua/any",
        [PAYLOAD_ERROR] = "golang/error",
        [PAYLOAD_STRING] = "text/plain",
        [PAYLOAD_BYTES] = "application/octet-stream",
        [PAYLOAD_JSON] = "json/plain",
        [PAYLOAD_YAML] = "yaml/plain",
        [PAYLOAD_MSGPACK] = "application/msgpack",
        [PAYLOAD_GOLANG] = "golang/any",
    };
    return names[format];
}

static enum payload_format format_by_name(const char *name)
{
    enum payload_format format = 0;
    while (format < PAYLOAD_FORMATS && strcmp(payload_format_name(format), name) != 0)
        format++;
    return format;
}

static enum payload_format format_of(struct payload *payload)
{
    if (payload->format == PAYLOAD_FORMATS) {
        struct codec_view view;
        bool is_error = codec_view(payload->data, payload->length, payload->value, &view) && view.tag == CODEC_ERROR;
        payload->format = is_error ? PAYLOAD_ERROR : PAYLOAD_LUA;
    }
    return payload->format;
}

/* Pushes a Payload of that format with the value at `index`. */
static void push_value(lua_State *L, int index, enum payload_format format)
{
    index = lua_absindex(L, index);
    struct payload *payload = type_new(L, &payload_type, sizeof(*payload));
    payload->format = format;
    lua_pushvalue(L, index);
    lua_setuservalue(L, -2);
}

void payload_push_value(lua_State *L, int index)
{
    push_value(L, index, type_test(L, index, &error_type) ? PAYLOAD_ERROR : PAYLOAD_LUA);
}

void payload_push_encoded(lua_State *L, int owner, const void *data, size_t length, int value)
{
    owner = owner ? lua_absindex(L, owner) : 0;
    struct payload *payload = type_new(L, &payload_type, sizeof(*payload) + (owner ? 0 : length));
    payload->data = owner ? data : payload->bytes;
    payload->length = length;
    payload->value = value;
    payload->format = PAYLOAD_FORMATS;
    if (!owner) {
        memcpy(payload->bytes, data, length);
        return;
    }
    lua_pushvalue(L, owner);
    lua_setuservalue(L, -2);
}

/* ---- owners ---- */

struct owner {
    const struct type *type;
    struct handle handle;
    struct buffer *buffer;
    size_t charged;
};

static void owner_release(struct handle *handle)
{
    struct owner *owner = container_of(handle, struct owner, handle);
    buffer_unref(owner->buffer);
    owner->buffer = NULL;
}

static int owner_finalize(lua_State *L)
{
    struct owner *owner = lua_touserdata(L, 1);
    if (owner->charged)
        heap_charge(heap_of_user(state_of(L)), -(ptrdiff_t)owner->charged);
    owner->charged = 0;
    if (owner->buffer)
        handle_close(&owner->handle);
    return 0;
}

static const struct type owner_type = {.name = "buffer", .finalize = owner_finalize};

void payload_push_owner(lua_State *L, struct buffer *buffer)
{
    struct owner *owner = type_new(L, &owner_type, sizeof(*owner));
    owner->buffer = buffer_ref(buffer);
    handle_open(L, &owner->handle, owner_release);
    owner->charged = buffer->length;
    heap_charge(heap_of_user(state_of(L)), (ptrdiff_t)owner->charged);
    lua_gc(L, LUA_GCSTEP, (int)(buffer->length >> 10)); /* the collector does not see these bytes grow */
}

/* ---- methods ---- */

/* The decoded values are on top of the stack: keeps the one of this Payload, and leaves it on top. */
static int keep_decoded(lua_State *L, struct payload *payload, enum codec_status status, int count)
{
    if (status == CODEC_OK && payload->value >= count)
        status = CODEC_CORRUPT;
    if (status != CODEC_OK)
        return error_return(L, ERROR_INTERNAL, "cannot decode payload: %s", codec_message(status));
    lua_pushvalue(L, lua_gettop(L) - count + 1 + payload->value);
    format_of(payload);
    payload->data = NULL;
    lua_pushvalue(L, -1);
    lua_setuservalue(L, 1);
    return 1;
}

/* The decoder is at stack index 2; ctx is the decoder. */
static int decode_step(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    int count = 0;
    enum codec_status result = codec_decoder_run(L, (struct codec_decoder *)ctx, &count);
    if (result == CODEC_MORE)
        return state_reschedule(L, ctx, decode_step);
    return keep_decoded(L, lua_touserdata(L, 1), result, count);
}

static int payload_data(lua_State *L)
{
    struct payload *payload = type_check(L, 1, &payload_type);
    lua_settop(L, 1);
    if (!payload->data) {
        lua_getuservalue(L, 1);
        return 1;
    }
    if (payload->length > DECODE_AT_ONCE && state_can_yield(L)) {
        struct codec_decoder *decoder = codec_decoder_new(L, payload->data, payload->length);
        return decode_step(L, LUA_OK, (lua_KContext)decoder);
    }
    int count = 0;
    enum codec_status status = codec_decode(L, payload->data, payload->length, &count);
    return keep_decoded(L, payload, status, count);
}

static int payload_get_format(lua_State *L)
{
    struct payload *payload = type_check(L, 1, &payload_type);
    lua_pushstring(L, payload_format_name(format_of(payload)));
    return 1;
}

static int payload_tostring(lua_State *L)
{
    struct payload *payload = type_check(L, 1, &payload_type);
    lua_pushfstring(L, "payload{format=%s}", payload_format_name(format_of(payload)));
    return 1;
}

static bool is_text(enum payload_format format)
{
    return format == PAYLOAD_STRING || format == PAYLOAD_BYTES;
}

/*
 * Puts the value at `index` into the form it has in format `to`, on top of the stack; false and nothing pushed: there is no way. Text
 * becomes a Lua string and back; an error gives its text.
 */
static bool convert(lua_State *L, int index, enum payload_format from, enum payload_format to)
{
    if (to == PAYLOAD_LUA || from == to) {
        lua_pushvalue(L, index);
        return true;
    }
    if (!is_text(to))
        return false;
    size_t length;
    const char *text = error_or_string(L, index, &length);
    if (!text)
        return false;
    lua_pushlstring(L, text, length);
    return true;
}

/* The value is on top of the stack. */
static int transcode_value(lua_State *L, struct payload *payload, enum payload_format to)
{
    enum payload_format from = format_of(payload);
    if (convert(L, lua_gettop(L), from, to)) {
        push_value(L, -1, to);
        return 1;
    }
    return error_return(L, ERROR_INTERNAL, "cannot transcode %s of type %s to %s", payload_format_name(from),
                        luaL_typename(L, -1), payload_format_name(to));
}

static int transcode_done(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct payload *payload = lua_touserdata(L, 1);
    if (payload->data)
        return 2; /* data() gave nil and an error */
    lua_settop(L, 3);
    return transcode_value(L, payload, (enum payload_format)ctx);
}

static int payload_transcode(lua_State *L)
{
    struct payload *payload = type_check(L, 1, &payload_type);
    const char *name = luaL_checkstring(L, 2);
    enum payload_format to = format_by_name(name);
    if (to == PAYLOAD_FORMATS)
        return error_return(L, ERROR_INTERNAL, "unknown payload format '%s'", name);
    enum payload_format from = format_of(payload);
    if (to != PAYLOAD_LUA && to != from && !is_text(to))
        return error_return(L, ERROR_INTERNAL, "no route from %s to %s", payload_format_name(from),
                            payload_format_name(to));
    lua_settop(L, 2);
    lua_pushcfunction(L, payload_data);
    lua_pushvalue(L, 1);
    lua_callk(L, 1, LUA_MULTRET, (lua_KContext)to, transcode_done);
    return transcode_done(L, LUA_OK, (lua_KContext)to);
}

static const luaL_Reg payload_methods[] = {
    {"get_format", payload_get_format}, {"data", payload_data},
    {"unmarshal", payload_data}, /* every format there is so far decodes to its value */
    {"transcode", payload_transcode},   {NULL, NULL},
};

const struct type payload_type = {.name = "payload", .methods = payload_methods, .tostring = payload_tostring};
