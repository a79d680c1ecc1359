/* SPDX-License-Identifier: MIT */
/*
 * payload: see payload.h. The user value of a Payload is the Lua value; while the Payload is still encoded it is whatever owns
 * the bytes. Decoding replaces the one by the other, so the bytes are let go and data() gives the same value every time.
 *
 * A Payload has no finalizer: the owner has. One that was never encoded, which is made for most messages, ends before the bytes.
 */
#include "vm/payload.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <lauxlib.h>

#include "vm/buffer.h"
#include "vm/codec.h"
#include "vm/encoding.h"
#include "vm/error.h"
#include "vm/handle.h"
#include "vm/heap.h"
#include "vm/state.h"
#include "vm/type.h"
#include "vm/vm_struct.h"

struct payload {
    const struct type *type;
    uint8_t format; /* enum payload_format; while encoded PAYLOAD_FORMATS: not looked at yet */
    bool is_encoded;
    int value; /* which top-level value of the encoding */
    /* while it is encoded: */
    const unsigned char *data;
    size_t length;
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

/* The functions of a format, NULL ones if it has none. */
static const struct payload_route *route_of(lua_State *L, enum payload_format format)
{
    static const struct payload_route none = {NULL, NULL, NULL};
    const struct payload_route *routes = state_vm(L)->config.payload_routes;
    return routes ? &routes[format] : &none;
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

void payload_push(lua_State *L, int index, enum payload_format format)
{
    index = lua_absindex(L, index);
    struct payload *payload = type_new(L, &payload_type, offsetof(struct payload, data));
    payload->format = (uint8_t)format;
    lua_pushvalue(L, index);
    lua_setuservalue(L, -2);
}

void payload_push_value(lua_State *L, int index)
{
    payload_push(L, index, type_test(L, index, &error_type) ? PAYLOAD_ERROR : PAYLOAD_LUA);
}

void payload_push_encoded(lua_State *L, int owner, const void *data, size_t length, int value)
{
    owner = owner ? lua_absindex(L, owner) : 0;
    struct payload *payload = type_new(L, &payload_type, sizeof(*payload) + (owner ? 0 : length));
    payload->is_encoded = true;
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
    handle_keep(L, &owner->handle, owner_release);
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
    payload->is_encoded = false;
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

/* The value of a Payload that is still encoded, which is at stack index 1 alone. */
static int decode(lua_State *L, struct payload *payload)
{
    if (payload->length > DECODE_AT_ONCE && state_can_yield(L)) {
        struct codec_decoder *decoder = codec_decoder_new(L, payload->data, payload->length);
        return decode_step(L, LUA_OK, (lua_KContext)decoder);
    }
    int count = 1;
    bool is_flat = encoding_decode_flat(L, payload->data, payload->length);
    enum codec_status status = is_flat ? CODEC_OK : codec_decode(L, payload->data, payload->length, &count);
    return keep_decoded(L, payload, status, count);
}

static int data_read(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    return lua_gettop(L) - 1;
}

static int payload_data(lua_State *L)
{
    struct payload *payload = type_check(L, 1, &payload_type);
    lua_settop(L, 1);
    if (payload->is_encoded)
        return decode(L, payload);
    lua_getuservalue(L, 1);
    lua_CFunction read = route_of(L, payload->format)->read;
    if (!read)
        return 1;
    lua_pushcfunction(L, read);
    lua_insert(L, 2);
    lua_callk(L, 1, LUA_MULTRET, 0, data_read);
    return data_read(L, LUA_OK, 0);
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

/*
 * ---- transcoding ----
 *
 * Formats are of three kinds. VALUE: the Payload holds a Lua value. TEXT: a string, any bytes. CODED: a string that is text of that format.
 * TEXT and CODED turn into each other without being changed, so that JSON -> STRING gives the JSON text and STRING -> JSON takes one;
 * it is only looked at whether it is one. A VALUE is written, a CODED read, and between two CODED ones it is both.
 *
 * Stack: payload, name, what it holds (then: the value, the text).
 */
enum kind { KIND_VALUE, KIND_TEXT, KIND_CODED };

enum { TRANSCODE_NAME = 2, TRANSCODE_HELD };

static enum kind kind_of(enum payload_format format)
{
    switch (format) {
    case PAYLOAD_STRING:
    case PAYLOAD_BYTES:
        return KIND_TEXT;
    case PAYLOAD_JSON:
    case PAYLOAD_YAML:
    case PAYLOAD_MSGPACK:
        return KIND_CODED;
    default:
        return KIND_VALUE;
    }
}

static int fail_value(lua_State *L, enum payload_format from, enum payload_format to)
{
    return error_return(L, ERROR_INTERNAL, "cannot transcode %s of type %s to %s", payload_format_name(from),
                        luaL_typename(L, TRANSCODE_HELD), payload_format_name(to));
}

/* May a Payload of that VALUE format hold the value? golang/any is plain data, golang/error an error. */
static bool is_value_of(lua_State *L, enum payload_format format)
{
    bool is_error = type_test(L, TRANSCODE_HELD, &error_type) != NULL;
    int type = lua_type(L, TRANSCODE_HELD);
    if (format == PAYLOAD_ERROR)
        return is_error;
    return format == PAYLOAD_LUA || is_error || (type != LUA_TFUNCTION && type != LUA_TTHREAD && type != LUA_TUSERDATA);
}

/* What is held has become what it is in format `to`, up to the text of a value. */
static int transcode_end(lua_State *L, enum payload_format from, enum payload_format to)
{
    if (kind_of(to) == KIND_VALUE && !is_value_of(L, to))
        return fail_value(L, from, to);
    if (kind_of(to) == KIND_TEXT && lua_type(L, TRANSCODE_HELD) != LUA_TSTRING) {
        size_t length;
        const char *text = error_or_string(L, TRANSCODE_HELD, &length);
        if (!text)
            return fail_value(L, from, to);
        lua_pushlstring(L, text, length);
        lua_replace(L, TRANSCODE_HELD);
    }
    payload_push(L, TRANSCODE_HELD, to);
    return 1;
}

/* The formats are needed again after each call that may have suspended. */
static lua_KContext pack(enum payload_format from, enum payload_format to)
{
    return (lua_KContext)from << 8 | (lua_KContext)to;
}

/* [held, value, error] are on top: the value was written, or the text looked at. */
static int transcode_written(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    enum payload_format from = (enum payload_format)(ctx >> 8), to = (enum payload_format)(ctx & 0xff);
    if (!lua_isnil(L, -1))
        return 2;
    if (lua_type(L, -2) == LUA_TSTRING) {
        lua_pop(L, 1);
        lua_replace(L, TRANSCODE_HELD);
    }
    return transcode_end(L, from, to);
}

/* What is held is a value now, or a TEXT. */
static int transcode_write(lua_State *L, enum payload_format from, enum payload_format to)
{
    if (kind_of(to) != KIND_CODED)
        return transcode_end(L, from, to);
    const struct payload_route *route = route_of(L, to);
    lua_pushcfunction(L, kind_of(from) == KIND_TEXT ? route->check : route->write);
    lua_pushvalue(L, TRANSCODE_HELD);
    lua_callk(L, 1, 2, pack(from, to), transcode_written);
    return transcode_written(L, LUA_OK, pack(from, to));
}

/* [held, value, error] are on top: the text was read. */
static int transcode_read(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    if (!lua_isnil(L, -1))
        return 2;
    lua_pop(L, 1);
    lua_replace(L, TRANSCODE_HELD);
    return transcode_write(L, (enum payload_format)(ctx >> 8), (enum payload_format)(ctx & 0xff));
}

static int transcode_begin(lua_State *L, enum payload_format from, enum payload_format to)
{
    if (from == to || (kind_of(from) != KIND_VALUE && kind_of(to) == KIND_TEXT))
        return transcode_end(L, from, to);
    if (kind_of(from) != KIND_CODED)
        return transcode_write(L, from, to);
    lua_pushcfunction(L, route_of(L, from)->read);
    lua_pushvalue(L, TRANSCODE_HELD);
    lua_callk(L, 1, 2, pack(from, to), transcode_read);
    return transcode_read(L, LUA_OK, pack(from, to));
}

/* [payload, name, value, error or nil]: the encoding was decoded. */
static int transcode_decoded(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct payload *payload = lua_touserdata(L, 1);
    if (payload->is_encoded)
        return 2;
    lua_settop(L, TRANSCODE_HELD);
    return transcode_begin(L, format_of(payload), (enum payload_format)ctx);
}

static bool has_route(lua_State *L, enum payload_format format)
{
    return kind_of(format) != KIND_CODED || route_of(L, format)->read != NULL;
}

static int payload_transcode(lua_State *L)
{
    struct payload *payload = type_check(L, 1, &payload_type);
    const char *name = luaL_checkstring(L, TRANSCODE_NAME);
    enum payload_format to = format_by_name(name);
    if (to == PAYLOAD_FORMATS)
        return error_return(L, ERROR_INTERNAL, "unknown payload format '%s'", name);
    enum payload_format from = format_of(payload);
    if (!has_route(L, to) || !has_route(L, from))
        return error_return(L, ERROR_INTERNAL, "no route from %s to %s", payload_format_name(from),
                            payload_format_name(to));
    lua_settop(L, TRANSCODE_NAME);
    if (!payload->is_encoded) {
        lua_getuservalue(L, 1);
        return transcode_begin(L, from, to);
    }
    lua_pushcfunction(L, payload_data);
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 2, (lua_KContext)to, transcode_decoded);
    return transcode_decoded(L, LUA_OK, (lua_KContext)to);
}

static const luaL_Reg payload_methods[] = {
    {"get_format", payload_get_format}, {"data", payload_data}, {"unmarshal", payload_data},
    {"transcode", payload_transcode},   {NULL, NULL},
};

const struct type payload_type = {
    .name = "payload", .methods = payload_methods, .tostring = payload_tostring, .place = TYPE_PAYLOAD};
