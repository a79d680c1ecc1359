/* SPDX-License-Identifier: MIT */
/*
 * os.time([t])   seconds since the epoch; with a table: of that local date. Fields year, month, day default to today,
 *                hour, min, sec to 0; values out of range are carried over; t is not changed
 * os.date([format [, time]])   see os_date.c
 * os.clock()     seconds since the runtime started, with a fraction
 * os.difftime(b, a)   b - a
 * os.platform    "moonlet"
 */
#include "stdlib/os.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <lauxlib.h>

#include "sched/base/clock.h"
#include "sched/sched.h"
#include "sched/worker.h"
#include "stdlib/os_lib.h"

enum { NS_PER_S = 1000000000 };

struct clock *os_runtime_clock(void)
{
    return sched_clock(worker_sched(worker_self()));
}

lua_Integer os_now(void)
{
    return clock_wall_ns(os_runtime_clock()) / NS_PER_S;
}

void os_split_time(lua_State *L, lua_Integer seconds, int is_utc, struct tm *out)
{
    time_t time = (time_t)seconds;
    if (!(is_utc ? gmtime_r(&time, out) : localtime_r(&time, out)))
        luaL_error(L, "time result cannot be represented in this installation");
}

/* t[name] as an int less `base`; anything but a number counts as absent. */
static int field(lua_State *L, const char *name, int otherwise, int base)
{
    if (lua_getfield(L, 1, name) != LUA_TNUMBER) {
        lua_pop(L, 1);
        return otherwise;
    }
    lua_Number value = trunc(lua_tonumber(L, -1)) - base;
    lua_pop(L, 1);
    if (!(value >= INT_MIN && value <= INT_MAX))
        luaL_error(L, "field '%s' is out-of-bound", name);
    return (int)value;
}

static int os_time(lua_State *L)
{
    lua_Integer now = os_now();
    if (lua_isnoneornil(L, 1)) {
        lua_pushinteger(L, now);
        return 1;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    struct tm today, tm = {.tm_isdst = -1, .tm_wday = -1};
    os_split_time(L, now, 0, &today);
    tm.tm_year = field(L, "year", today.tm_year, 1900);
    tm.tm_mon = field(L, "month", today.tm_mon, 1);
    tm.tm_mday = field(L, "day", today.tm_mday, 0);
    tm.tm_hour = field(L, "hour", 0, 0);
    tm.tm_min = field(L, "min", 0, 0);
    tm.tm_sec = field(L, "sec", 0, 0);
    time_t seconds = mktime(&tm);
    if (seconds == (time_t)-1 && tm.tm_wday < 0)
        return luaL_error(L, "time result cannot be represented in this installation");
    lua_pushinteger(L, (lua_Integer)seconds);
    return 1;
}

static int os_clock(lua_State *L)
{
    const struct clock *clock = os_runtime_clock();
    lua_Number elapsed_ns = (lua_Number)(clock_now_ns(clock) - clock->start_ns);
    lua_pushnumber(L, elapsed_ns / NS_PER_S);
    return 1;
}

static int os_difftime(lua_State *L)
{
    lua_Number later = luaL_checknumber(L, 1);
    lua_pushnumber(L, later - luaL_checknumber(L, 2));
    return 1;
}

const struct lazy_entry std_os_entries[] = {
    LAZY_F("clock", os_clock),     LAZY_F("date", os_date), LAZY_F("difftime", os_difftime),
    LAZY_S("platform", "moonlet"), LAZY_F("time", os_time), LAZY_DONE,
};
