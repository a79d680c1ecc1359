/* SPDX-License-Identifier: MIT */
/*
 * os_lib: what the files of the os library share.
 */
#ifndef STDLIB_OS_LIB_H
#define STDLIB_OS_LIB_H

#include <stdbool.h>

#include <lua.h>

struct calendar;
struct clock;

/* The clock of the runtime that runs the calling process. */
struct clock *os_runtime_clock(void);

/* Seconds since the epoch, by that clock. */
lua_Integer os_now(void);

/* A moment as a date, in UTC or in local time. */
void os_split_time(lua_State *L, lua_Integer seconds, bool is_utc, struct calendar *out);

int os_date(lua_State *L);

#endif
