/* SPDX-License-Identifier: MIT */
/*
 * os_lib: what the files of the os library share.
 */
#ifndef STDLIB_OS_LIB_H
#define STDLIB_OS_LIB_H

#include <lua.h>

struct clock;
struct tm;

/* The clock of the runtime that runs the calling process. */
struct clock *os_runtime_clock(void);

/* Seconds since the epoch, by that clock. */
lua_Integer os_now(void);

/* A moment as a calendar date; raises if it has none. */
void os_split_time(lua_State *L, lua_Integer seconds, int is_utc, struct tm *out);

int os_date(lua_State *L);

#endif
