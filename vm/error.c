/* SPDX-License-Identifier: MIT */
/*
 * error: see error.h. An error object is one immutable block: a head and its texts, each with a NUL behind it. Details are kept as
 * an encoding (codec.h), which makes them a copy of their own when the object is made, a fresh table at each details(), and
 * plain bytes when the object travels to another process. Nothing points out of the block, so an object costs the
 * collector nothing to traverse.
 */
#include "vm/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "vm/address.h"
#include "vm/codec.h"
#include "vm/lazy.h"
#include "vm/type.h"

enum {
    FORMAT_MAX = 512,      /* longer messages of error_push need a second pass */
    NORMALIZED_MAX = 1024, /* text of uncaught values that are no error objects */
    STACK_NEEDED = 8,
    NO_DETAILS_SIZE = 4 /* the encoding of one empty table */
};

struct error_object {
    const struct type *type;
    uint32_t length[ERROR_TEXTS];
    int8_t retryable;
    bool in_coroutine;
    char bytes[];
};

/* ---- making ---- */

static uint32_t cut_length(const struct error_text *text)
{
    return (uint32_t)(text->length < ERROR_TEXT_MAX ? text->length : ERROR_TEXT_MAX);
}

void error_push_parts(lua_State *L, const struct error_parts *parts)
{
    size_t size = ERROR_TEXTS;
    for (int i = 0; i < ERROR_TEXTS; i++)
        size += cut_length(&parts->text[i]);
    struct error_object *object = type_new(L, &error_type, sizeof *object + size);
    object->retryable = parts->retryable;
    object->in_coroutine = parts->in_coroutine;
    char *at = object->bytes; /* type_new zeroed it: the NULs are there */
    for (int i = 0; i < ERROR_TEXTS; i++) {
        object->length[i] = cut_length(&parts->text[i]);
        if (object->length[i])
            memcpy(at, parts->text[i].data, object->length[i]);
        at += object->length[i] + 1;
    }
}

static int push_parts_protected(lua_State *L)
{
    error_push_parts(L, lua_touserdata(L, 1));
    return 1;
}

/* Pushes a table of only the entries with string keys if the table on top has others too, else nothing. */
static void filter_keys(lua_State *L)
{
    bool is_plain = true;
    int table = lua_gettop(L);
    lua_pushnil(L);
    while (is_plain && lua_next(L, table)) {
        is_plain = lua_type(L, -2) == LUA_TSTRING;
        lua_pop(L, 1);
    }
    lua_settop(L, table);
    if (is_plain)
        return;
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        if (lua_type(L, -2) == LUA_TSTRING) {
            lua_pushvalue(L, -2);
            lua_pushvalue(L, -2);
            lua_rawset(L, table + 1);
        }
        lua_pop(L, 1);
    }
}

bool error_push_with_details(lua_State *L, const struct error_parts *parts, int details)
{
    luaL_checkstack(L, STACK_NEEDED, "error object");
    int top = lua_gettop(L);
    details = lua_absindex(L, details);
    if (!lazy_target(L, details))
        lua_pushvalue(L, details);
    filter_keys(L);
    struct codec_bytes bytes = {0};
    bool is_kept = codec_encode(L, -1, 1, &bytes) == CODEC_OK;
    struct error_parts all = *parts;
    all.text[ERROR_TEXT_DETAILS] = (struct error_text){NULL, 0};
    if (is_kept && bytes.length > NO_DETAILS_SIZE)
        all.text[ERROR_TEXT_DETAILS] = (struct error_text){(const char *)bytes.data, bytes.length};
    /* Protected, for the bytes are malloc'd. */
    lua_settop(L, top);
    lua_pushcfunction(L, push_parts_protected);
    lua_pushlightuserdata(L, &all);
    int status = lua_pcall(L, 1, 1, 0);
    codec_bytes_free(&bytes);
    if (status != LUA_OK)
        lua_error(L);
    return is_kept;
}

static void push_new(lua_State *L, const char *kind, const char *message, size_t length, int retryable, int details)
{
    char frames[ERROR_FRAMES_MAX];
    struct error_parts parts = {.retryable = (int8_t)retryable};
    parts.text[ERROR_TEXT_KIND] = (struct error_text){kind, strlen(kind)};
    parts.text[ERROR_TEXT_MESSAGE] = (struct error_text){message, length};
    error_capture(L, &parts, frames);
    if (details)
        error_push_with_details(L, &parts, details);
    else
        error_push_parts(L, &parts);
}

static printf_like(3, 0) void push_formatted(lua_State *L, const char *kind, const char *fmt, va_list args)
{
    char text[FORMAT_MAX];
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(text, sizeof text, fmt, args);
    if (length < (int)sizeof text) {
        va_end(again);
        push_new(L, kind, text, length > 0 ? (size_t)length : 0, 0, 0);
        return;
    }
    char *longer = lua_newuserdata(L, (size_t)length + 1);
    vsnprintf(longer, (size_t)length + 1, fmt, again);
    va_end(again);
    push_new(L, kind, longer, (size_t)length, 0, 0);
    lua_remove(L, -2);
}

void error_push(lua_State *L, const char *kind, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    push_formatted(L, kind, fmt, args);
    va_end(args);
}

void error_push_full(lua_State *L, const char *kind, const char *message, size_t length, int retryable, int details)
{
    push_new(L, kind, message, length, retryable, details);
}

static bool push_details(lua_State *L, const struct error_parts *parts)
{
    const struct error_text *details = &parts->text[ERROR_TEXT_DETAILS];
    int count;
    if (!details->length || codec_decode(L, details->data, details->length, &count) != CODEC_OK)
        return false;
    if (count == 1 && lua_istable(L, -1))
        return true;
    lua_pop(L, count);
    return false;
}

void error_add_detail(lua_State *L, const char *key, const char *value)
{
    struct error_parts parts;
    if (!error_parts(L, -1, &parts))
        return;
    if (!push_details(L, &parts))
        lua_newtable(L);
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
    error_push_with_details(L, &parts, -1);
    lua_replace(L, -3);
    lua_pop(L, 1);
}

int error_return(lua_State *L, const char *kind, const char *fmt, ...)
{
    va_list args;
    lua_pushnil(L);
    va_start(args, fmt);
    push_formatted(L, kind, fmt, args);
    va_end(args);
    return 2;
}

int error_return_false(lua_State *L, const char *kind, const char *fmt, ...)
{
    va_list args;
    lua_pushboolean(L, false);
    va_start(args, fmt);
    push_formatted(L, kind, fmt, args);
    va_end(args);
    return 2;
}

/* ---- looking ---- */

static void parts_of(const struct error_object *object, struct error_parts *out)
{
    const char *at = object->bytes;
    for (int i = 0; i < ERROR_TEXTS; i++) {
        out->text[i] = (struct error_text){at, object->length[i]};
        at += object->length[i] + 1;
    }
    out->retryable = object->retryable;
    out->in_coroutine = object->in_coroutine;
}

bool error_parts(lua_State *L, int index, struct error_parts *out)
{
    const struct error_object *object = type_test(L, index, &error_type);
    if (object)
        parts_of(object, out);
    return object != NULL;
}

bool error_view(lua_State *L, int index, struct error_view *out)
{
    struct error_parts parts;
    if (!error_parts(L, index, &parts))
        return false;
    out->kind = parts.text[ERROR_TEXT_KIND].data;
    out->message = parts.text[ERROR_TEXT_MESSAGE].data;
    out->message_length = parts.text[ERROR_TEXT_MESSAGE].length;
    out->retryable = parts.retryable;
    return true;
}

const char *error_or_string(lua_State *L, int index, size_t *length)
{
    struct error_view view;
    int type = lua_type(L, index);
    if (type == LUA_TSTRING || type == LUA_TNUMBER)
        return lua_tolstring(L, index, length);
    if (!error_view(L, index, &view))
        return NULL;
    if (length)
        *length = view.message_length;
    return view.message;
}

/* ---- uncaught values ---- */

/* The length of at most NORMALIZED_MAX bytes of the text that does not end inside a UTF-8 sequence. */
static size_t cut_text(const char *text, size_t length)
{
    if (length <= NORMALIZED_MAX)
        return length;
    size_t cut = NORMALIZED_MAX;
    for (int i = 0; i < 3 && ((unsigned char)text[cut] & 0xc0) == 0x80; i++)
        cut--;
    return cut;
}

void error_normalize(lua_State *L, int index)
{
    char text[64];
    size_t length;
    if (type_of(L, index) == &error_type)
        return;
    lua_checkstack(L, STACK_NEEDED);
    index = lua_absindex(L, index);
    int type = lua_type(L, index);
    const char *message = text;
    if (type == LUA_TSTRING || type == LUA_TNUMBER)
        message = lua_tolstring(L, index, &length);
    else if (type == LUA_TNIL || type == LUA_TNONE)
        length = (size_t)snprintf(text, sizeof text, "nil");
    else if (type == LUA_TBOOLEAN)
        length = (size_t)snprintf(text, sizeof text, "%s", lua_toboolean(L, index) ? "true" : "false");
    else
        length = (size_t)snprintf(text, sizeof text, "%s: %p", lua_typename(L, type), address_shown(L, index));
    push_new(L, ERROR_INTERNAL, message, cut_text(message, length), -1, 0);
    lua_replace(L, index);
}

/* ---- methods ---- */

static int error_push_text(lua_State *L, enum error_text_index i)
{
    struct error_parts parts;
    parts_of(type_check(L, 1, &error_type), &parts);
    lua_pushlstring(L, parts.text[i].data, parts.text[i].length);
    return 1;
}

static int method_kind(lua_State *L)
{
    return error_push_text(L, ERROR_TEXT_KIND);
}

static int method_message(lua_State *L)
{
    return error_push_text(L, ERROR_TEXT_MESSAGE);
}

static int method_retryable(lua_State *L)
{
    const struct error_object *object = type_check(L, 1, &error_type);
    if (object->retryable < 0)
        lua_pushnil(L);
    else
        lua_pushboolean(L, object->retryable);
    return 1;
}

static int method_details(lua_State *L)
{
    struct error_parts parts;
    parts_of(type_check(L, 1, &error_type), &parts);
    if (!push_details(L, &parts))
        lua_pushnil(L);
    return 1;
}

static int method_stack(lua_State *L)
{
    struct error_parts parts;
    parts_of(type_check(L, 1, &error_type), &parts);
    error_push_stack(L, &parts);
    return 1;
}

/* Either side may be the error object. */
static int metamethod_concat(lua_State *L)
{
    size_t left_length, right_length;
    const char *left = error_or_string(L, 1, &left_length);
    const char *right = error_or_string(L, 2, &right_length);
    if (!left || !right)
        return luaL_error(L, "attempt to concatenate a %s value", luaL_typename(L, left ? 2 : 1));
    lua_pushlstring(L, left, left_length);
    lua_pushlstring(L, right, right_length);
    lua_concat(L, 2);
    return 1;
}

static const luaL_Reg methods[] = {
    {"kind", method_kind},       {"message", method_message}, {"retryable", method_retryable},
    {"details", method_details}, {"stack", method_stack},     {NULL, NULL},
};

const struct type error_type = {
    .name = "error",
    .methods = methods,
    .tostring = method_message,
    .concat = metamethod_concat,
};
