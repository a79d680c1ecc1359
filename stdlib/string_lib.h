/* SPDX-License-Identifier: MIT */
/*
 * string_lib: what the files of the string library share: its C functions, and how they read arguments and captures.
 */
#ifndef STDLIB_STRING_LIB_H
#define STDLIB_STRING_LIB_H

#include <stdbool.h>
#include <stddef.h>

#include <lauxlib.h>
#include <lua.h>

#include "sched/base/compiler.h"
#include "vm/error.h"

struct pattern;

int string_byte(lua_State *L);
int string_char(lua_State *L);
int string_find(lua_State *L);
int string_format(lua_State *L);
int string_gmatch(lua_State *L);
int string_gsub(lua_State *L);
int string_len(lua_State *L);
int string_lower(lua_State *L);
int string_match(lua_State *L);
int string_pack(lua_State *L);
int string_packsize(lua_State *L);
int string_rep(lua_State *L);
int string_reverse(lua_State *L);
int string_sub(lua_State *L);
int string_unpack(lua_State *L);
int string_upper(lua_State *L);

/*
 * The text of the string, number or error object at a stack index, NULL for other values. It lives as long as the
 * value.
 */
static inline const char *string_of(lua_State *L, int index, size_t *length)
{
    const char *text = lua_tolstring(L, index, length);
    return likely(text != NULL) ? text : error_or_string(L, index, length);
}

/* The same for an argument: other values are an argument error. */
static inline const char *string_arg(lua_State *L, int arg, size_t *length)
{
    const char *text = string_of(L, arg, length);
    return likely(text != NULL) ? text : luaL_checklstring(L, arg, length);
}

/* An index counted from the end if negative, as an index from the front: 0 if before the first. */
lua_Integer string_position(lua_Integer index, size_t length);

/* Raises what is wrong with the pattern. */
int string_raise_pattern(lua_State *L, const struct pattern *m);

/* Pushes capture `index` (from 0) of a match; without captures number 0 is the whole match. */
void string_push_capture(lua_State *L, const struct pattern *m, int index);

/* Pushes all captures, `whole`: the match if there are none. Returns their number. */
int string_push_captures(lua_State *L, const struct pattern *m, bool whole);

/*
 * Runs the matcher until it has a result (PATTERN_YES or PATTERN_NO). PATTERN_MORE: the slice is over and the caller
 * can yield. Raises what is wrong with the pattern.
 */
int string_run_pattern(lua_State *L, struct pattern *m);

/* Keeps the matcher in a userdata at stack index `slot` over a yield, and takes it out again. */
void string_park_pattern(lua_State *L, int slot, const struct pattern *m);
void string_unpark_pattern(lua_State *L, int slot, struct pattern *m);

#endif
