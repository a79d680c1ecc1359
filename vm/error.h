/* SPDX-License-Identifier: MIT */
/*
 * error: the structured error objects of spec/actor-core section 10: kind, message, retryable, details, context chain, stack.
 */
#ifndef VM_ERROR_H
#define VM_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

#include "sched/base/compiler.h"

#define ERROR_NOT_FOUND "NotFound"
#define ERROR_ALREADY_EXISTS "AlreadyExists"
#define ERROR_INVALID "Invalid"
#define ERROR_PERMISSION_DENIED "PermissionDenied"
#define ERROR_UNAVAILABLE "Unavailable"
#define ERROR_INTERNAL "Internal"
#define ERROR_CANCELED "Canceled"
#define ERROR_CONFLICT "Conflict"
#define ERROR_TIMEOUT "Timeout"
#define ERROR_RATE_LIMITED "RateLimited"
#define ERROR_UNKNOWN ""

struct type;
extern const struct type error_type;

/* Pushes an error object, retryable false, no details. */
void error_push(lua_State *L, const char *kind, const char *fmt, ...) printf_like(3, 4);

/* Pushes one with everything; retryable 1, 0 or -1 (unknown); details: stack index of a table, or 0. */
void error_push_full(lua_State *L, const char *kind, const char *message, size_t length, int retryable, int details);

/* Adds details.key = value to the error on top of the stack. */
void error_add_detail(lua_State *L, const char *key, const char *value);

/* Pushes nil and an error; returns 2. For `return error_return(L, ERROR_INVALID, "…")`. */
int error_return(lua_State *L, const char *kind, const char *fmt, ...) printf_like(3, 4);

/* The same with false in the first place. */
int error_return_false(lua_State *L, const char *kind, const char *fmt, ...) printf_like(3, 4);

/* The value at `index` seen as an error object; false for anything else. Strings live as long as the object. */
struct error_view {
    const char *kind;
    const char *message;
    size_t message_length;
    int retryable;
};
bool error_view(lua_State *L, int index, struct error_view *out);

/*
 * Turns whatever an uncaught error value is (spec 2.2: string, error object, other) into an error object, in place of the value
 * at `index`. Never runs Lua code (no __tostring), never raises but for memory; text is cut at 1 KB for values that are not error objects.
 */
void error_normalize(lua_State *L, int index);

/* As luaL_tolstring of a string, number or error object: its text; NULL for other values. Pushes nothing; for string arguments that accept errors. */
const char *error_or_string(lua_State *L, int index, size_t *length);

/* ---- the whole of an error object: for codec and stdlib/errors ---- */

enum error_text_index {
    ERROR_TEXT_KIND,
    ERROR_TEXT_MESSAGE,
    ERROR_TEXT_CONTEXT, /* what errors.wrap added; empty: not wrapped */
    ERROR_TEXT_FRAMES,  /* where it was created: "  source:line (name)\n" per frame */
    ERROR_TEXT_CAUSE,   /* stack text of the error that it wraps */
    ERROR_TEXT_DETAILS, /* encoding of one table (vm/codec.h); empty: none */
    ERROR_TEXTS
};

enum { ERROR_TEXT_MAX = 0x0fffffff, ERROR_FRAMES_MAX = 1024 };

struct error_text {
    const char *data;
    size_t length;
};

struct error_parts {
    struct error_text text[ERROR_TEXTS]; /* of an error object: each ends in a NUL that is not counted */
    int8_t retryable;                    /* 1, 0, or -1 unknown */
    bool in_coroutine;                   /* created in another coroutine than the main one */
};

/* The parts of the error object at `index`, pointing into it; false for anything else. */
bool error_parts(lua_State *L, int index, struct error_parts *out);

/* Pushes an error object of copies of the parts; texts longer than ERROR_TEXT_MAX are cut. */
void error_push_parts(lua_State *L, const struct error_parts *parts);

/*
 * As error_push_parts, with the table at stack index `details` as details: string keys only, none if that leaves it empty.
 * False: they are nested too deep or too large, and the error object has no details.
 */
bool error_push_with_details(lua_State *L, const struct error_parts *parts, int details);

/* Writes where L is into `buffer` (ERROR_FRAMES_MAX bytes) and sets FRAMES and in_coroutine of the parts to it. */
void error_capture(lua_State *L, struct error_parts *parts, char *buffer);

/* Pushes the text of stack(): context, frames, cause; never empty. */
void error_push_stack(lua_State *L, const struct error_parts *parts);

/* Pushes the table of errors.call_stack, or nil if the error has no frames. */
void error_push_call_stack(lua_State *L, const struct error_parts *parts);

#endif
