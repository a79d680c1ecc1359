/* SPDX-License-Identifier: MIT */
/*
 * duration: lengths of time in nanoseconds: text form, Duration objects, and durations as arguments of library functions. The first two functions
 * need no Lua state.
 */
#ifndef STDLIB_DURATION_H
#define STDLIB_DURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

struct type;

enum { DURATION_TEXT = 32 }; /* the longest text, with its NUL */

/* "1h30m", "-1.5s", "250ms", "0": sign, then numbers with units ns us µs ms s m h. False: malformed, or over 292 years. */
bool duration_parse(const char *text, size_t length, int64_t *ns);

/* "1h30m45s", "1.5s", "500ms", "0s"; returns the length. */
size_t duration_format(int64_t ns, char text[static DURATION_TEXT]);

extern const struct type duration_type;

/* Pushes a Duration object. */
void duration_push(lua_State *L, int64_t ns);

/* The value at `index` as a duration: number (nanoseconds, fraction cut off), text or Duration. False: none of these, or out of range. */
bool duration_get(lua_State *L, int index, int64_t *ns);

/* As duration_get, raising an argument error. */
int64_t duration_check(lua_State *L, int index);

#endif
