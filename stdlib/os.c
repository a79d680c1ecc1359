/* SPDX-License-Identifier: MIT */
/*
 * os.time([t])   seconds since the epoch; with a table: of that local date. Fields year, month, day default to today,
 *                hour, min, sec to 0; values out of range are carried over; isdst is ignored; t is not changed. Of a time that clocks show
 *                twice or never, the moment that stdlib/zone.h names
 * os.date([format [, time]])   see os_date.c
 * os.clock()     seconds since the runtime started, with a fraction
 * os.difftime(b, a)   b - a
 * os.platform    "moonlet"
 */
#include "stdlib/os.h"

#include <math.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/clock.h"
#include "sched/sched.h"
#include "sched/worker.h"
#include "stdlib/calendar.h"
#include "stdlib/os_lib.h"
#include "stdlib/services.h"
#include "stdlib/zone.h"
#include "stdlib/zones.h"

enum { NS_PER_S = 1000000000 };

struct clock *os_runtime_clock(void)
{
    return sched_clock(worker_sched(worker_self()));
}

lua_Integer os_now(void)
{
    return clock_wall_ns(os_runtime_clock()) / NS_PER_S;
}

void os_split_time(lua_State *L, lua_Integer seconds, bool is_utc, struct calendar *out)
{
    const struct zones *zones = services_of(L)->zones;
    struct tz_period period;
    zone_at(is_utc ? zones_utc(zones) : zones_local(zones), seconds, &period);
    calendar_split(out, seconds, period.offset);
    out->nanosecond = 0;
    out->is_dst = period.is_dst;
    out->zone = period.name;
    out->zone_length = strlen(period.name);
}

/* t[name], its fraction cut off; anything but a number counts as absent. */
static int64_t field(lua_State *L, const char *name, int64_t otherwise)
{
    lua_Integer value = otherwise;
    if (lua_getfield(L, 1, name) == LUA_TNUMBER && !lua_isinteger(L, -1)) {
        if (!lua_numbertointeger(trunc(lua_tonumber(L, -1)), &value))
            luaL_error(L, "field '%s' is out-of-bound", name);
    } else if (lua_isinteger(L, -1)) {
        value = lua_tointeger(L, -1);
    }
    lua_pop(L, 1);
    return value;
}

static int os_time(lua_State *L)
{
    lua_Integer now = os_now();
    if (lua_isnoneornil(L, 1)) {
        lua_pushinteger(L, now);
        return 1;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    struct calendar today;
    int64_t local, seconds;
    int32_t nanosecond;
    os_split_time(L, now, false, &today);
    struct calendar_fields fields = {.year = field(L, "year", today.year),
                                     .month = field(L, "month", today.month),
                                     .day = field(L, "day", today.day),
                                     .hour = field(L, "hour", 0),
                                     .minute = field(L, "min", 0),
                                     .second = field(L, "sec", 0)};
    if (!calendar_join(&fields, &local, &nanosecond) ||
        !zone_to_utc(zones_local(services_of(L)->zones), local, &seconds))
        return luaL_error(L, "time result cannot be represented in this installation");
    lua_pushinteger(L, seconds);
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
