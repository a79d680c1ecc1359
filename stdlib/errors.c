/* SPDX-License-Identifier: MIT */
/*
 * errors: structured error objects; a global library.
 *
 *   errors.new(message)          kind "", retryable unknown, no details; further arguments are ignored
 *   errors.new{message=, kind=, retryable=, details=}
 *                                message must be a string; other fields of the wrong type are ignored; of details only
 *                                string keys are kept
 *   errors.wrap(e, context)      e (error object or string) with its full text as message; the context shows in stack()
 *   errors.is(v, kind)           is v an error object of exactly that kind?
 *   errors.call_stack(e)         {thread, frames = {{level, source, line, name, type}, ...}}, or nil
 *   errors.NOT_FOUND, …          the kinds
 *
 * Methods of an error object: kind() message() retryable() details() stack(); tostring and .. use its message.
 */
#include "stdlib/errors.h"

#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "vm/error.h"
#include "vm/lazy.h"

enum { CAUSE_MAX = 8192 }; /* stack text of wrapped errors that is kept */

static struct error_text text_at(lua_State *L, int index)
{
    struct error_text text = {NULL, 0};
    text.data = error_or_string(L, index, &text.length);
    return text;
}

/* Reads field `name` of the table at 1, which stays on the stack so that its text lives. */
static bool read_field(lua_State *L, const char *name, int type)
{
    return lua_getfield(L, 1, name) == type;
}

static int new_from_table(lua_State *L, struct error_parts *parts)
{
    if (!read_field(L, "message", LUA_TSTRING))
        return luaL_argerror(L, 1, "field 'message' must be a string");
    parts->text[ERROR_TEXT_MESSAGE] = text_at(L, -1);
    if (read_field(L, "kind", LUA_TSTRING))
        parts->text[ERROR_TEXT_KIND] = text_at(L, -1);
    if (read_field(L, "retryable", LUA_TBOOLEAN))
        parts->retryable = (int8_t)lua_toboolean(L, -1);
    if (!read_field(L, "details", LUA_TTABLE))
        error_push_parts(L, parts);
    else if (!error_push_with_details(L, parts, -1))
        return luaL_argerror(L, 1, "field 'details' is nested too deep or too large");
    return 1;
}

static int errors_new(lua_State *L)
{
    char frames[ERROR_FRAMES_MAX];
    struct error_parts parts = {.retryable = -1};
    if (!lua_istable(L, 1))
        luaL_checkstring(L, 1);
    error_capture(L, &parts, frames);
    if (lua_istable(L, 1))
        return new_from_table(L, &parts);
    parts.text[ERROR_TEXT_MESSAGE] = text_at(L, 1);
    error_push_parts(L, &parts);
    return 1;
}

/* Pushes what message() of the wrapping error gives: "context: message", or the message if there is no context. */
static struct error_text push_full_text(lua_State *L, const struct error_parts *parts)
{
    const struct error_text *context = &parts->text[ERROR_TEXT_CONTEXT];
    const struct error_text *message = &parts->text[ERROR_TEXT_MESSAGE];
    lua_pushlstring(L, context->data, context->length);
    lua_pushstring(L, context->length ? ": " : "");
    lua_pushlstring(L, message->data, message->length);
    lua_concat(L, 3);
    return text_at(L, -1);
}

/* Pushes the stack text of an error that is being wrapped, its message first unless its context stands there. */
static struct error_text push_cause(lua_State *L, const struct error_parts *parts)
{
    const struct error_text *message = &parts->text[ERROR_TEXT_MESSAGE];
    int top = lua_gettop(L);
    if (!parts->text[ERROR_TEXT_CONTEXT].length) {
        lua_pushlstring(L, message->data, message->length);
        lua_pushliteral(L, "\n");
    }
    error_push_stack(L, parts);
    lua_concat(L, lua_gettop(L) - top);
    struct error_text cause = text_at(L, -1);
    if (cause.length > CAUSE_MAX) {
        const char *newline = memrchr(cause.data, '\n', CAUSE_MAX);
        cause.length = newline ? (size_t)(newline - cause.data) : CAUSE_MAX;
    }
    return cause;
}

static int errors_wrap(lua_State *L)
{
    char frames[ERROR_FRAMES_MAX];
    struct error_parts parts;
    bool is_error = error_parts(L, 1, &parts);
    struct error_text message = is_error ? (struct error_text){0} : text_at(L, 1);
    struct error_text context = text_at(L, 2);
    if (!is_error && !message.data)
        return luaL_argerror(L, 1, lua_pushfstring(L, "error or string expected, got %s", luaL_typename(L, 1)));
    if (!context.data)
        return luaL_argerror(L, 2, lua_pushfstring(L, "string or error expected, got %s", luaL_typename(L, 2)));
    if (is_error) {
        parts.text[ERROR_TEXT_CAUSE] = push_cause(L, &parts);
        parts.text[ERROR_TEXT_MESSAGE] = push_full_text(L, &parts);
    } else {
        parts = (struct error_parts){.retryable = -1};
        parts.text[ERROR_TEXT_CAUSE] = parts.text[ERROR_TEXT_MESSAGE] = message;
    }
    parts.text[ERROR_TEXT_CONTEXT] = context;
    error_capture(L, &parts, frames);
    error_push_parts(L, &parts);
    return 1;
}

static int errors_is(lua_State *L)
{
    size_t length;
    const char *kind = luaL_checklstring(L, 2, &length);
    struct error_parts parts;
    bool is_kind = error_parts(L, 1, &parts) && parts.text[ERROR_TEXT_KIND].length == length &&
                   memcmp(parts.text[ERROR_TEXT_KIND].data, kind, length) == 0;
    lua_pushboolean(L, is_kind);
    return 1;
}

static int errors_call_stack(lua_State *L)
{
    struct error_parts parts;
    if (error_parts(L, 1, &parts))
        error_push_call_stack(L, &parts);
    else
        lua_pushnil(L);
    return 1;
}

const struct lazy_entry std_errors_entries[] = {
    LAZY_U("Error", &error_type),
    LAZY_F("new", errors_new),
    LAZY_F("wrap", errors_wrap),
    LAZY_F("is", errors_is),
    LAZY_F("call_stack", errors_call_stack),
    LAZY_S("NOT_FOUND", ERROR_NOT_FOUND),
    LAZY_S("ALREADY_EXISTS", ERROR_ALREADY_EXISTS),
    LAZY_S("INVALID", ERROR_INVALID),
    LAZY_S("PERMISSION_DENIED", ERROR_PERMISSION_DENIED),
    LAZY_S("UNAVAILABLE", ERROR_UNAVAILABLE),
    LAZY_S("INTERNAL", ERROR_INTERNAL),
    LAZY_S("CANCELED", ERROR_CANCELED),
    LAZY_S("CONFLICT", ERROR_CONFLICT),
    LAZY_S("TIMEOUT", ERROR_TIMEOUT),
    LAZY_S("RATE_LIMITED", ERROR_RATE_LIMITED),
    LAZY_S("UNKNOWN", ERROR_UNKNOWN),
    LAZY_DONE,
};
