/* SPDX-License-Identifier: MIT */
/*
 * time: sleeping, timers, durations, the clock. Durations are numbers (nanoseconds), texts ("1m30s") or Duration objects; a bad one gives
 * nil and an error of kind INVALID. Times are made in time_make.c, Locations in time_location.c; methods of Times are in time_value.c.
 *
 *   time.now()               a Time, shown in local time
 *   time.sleep(d)            suspends the coroutine; d <= 0: lets the others run
 *   time.after(d)            a channel that gives one Time after d > 0 and is then closed
 *   time.timer(d)            a Timer: t:channel() = t:response(), t:stop(), t:reset(d)
 *   time.ticker(d)           a Ticker: t:channel() = t:response(), t:stop()
 *   time.parse_duration(d)   a Duration
 *   time.NANOSECOND … HOUR   integers
 *   time.JANUARY … DECEMBER  1 to 12;  time.SUNDAY … SATURDAY  0 to 6
 *   time.RFC3339 …           layouts for t:format and time.parse
 */
#include "stdlib/time.h"

#include <lauxlib.h>

#include "sched/base/clock.h"
#include "sched/sched.h"
#include "stdlib/duration.h"
#include "stdlib/time_value.h"
#include "vm/error.h"
#include "vm/state.h"
#include "vm/timer.h"
#include "vm/type.h"
#include "vm/vm.h"

/* Its user value is the channel, which keeps the vmtimer alive. */
struct time_timer {
    const struct type *type;
    struct vmtimer *timer;
};

static const struct type timer_type, ticker_type;

static int bad_duration(lua_State *L)
{
    if (lua_type(L, 1) == LUA_TSTRING)
        return error_return(L, ERROR_INVALID, "invalid duration: \"%s\"", lua_tostring(L, 1));
    return error_return(L, ERROR_INVALID, "invalid duration: %s", luaL_typename(L, 1));
}

static int time_now(lua_State *L)
{
    time_value_push(L, clock_wall_ns(sched_clock(vm_sched(state_vm(L)))));
    return 1;
}

static int time_sleep(lua_State *L)
{
    int64_t ns;
    if (!duration_get(L, 1, &ns))
        return bad_duration(L);
    return vmtimer_sleep(L, ns);
}

static int time_parse_duration(lua_State *L)
{
    int64_t ns;
    if (!duration_get(L, 1, &ns))
        return bad_duration(L);
    duration_push(L, ns);
    return 1;
}

/* The period at 1, over 0; otherwise *failed is what the function returns. */
static bool get_period(lua_State *L, int64_t *ns, int *failed)
{
    if (!duration_get(L, 1, ns))
        *failed = bad_duration(L);
    else if (*ns <= 0)
        *failed = error_return(L, ERROR_INVALID, "duration must be positive");
    else
        return true;
    return false;
}

static int time_after(lua_State *L)
{
    int64_t ns;
    int failed;
    struct vmtimer *timer;
    if (!get_period(L, &ns, &failed))
        return failed;
    vmtimer_push_channel(L, VMTIMER_ONCE, ns, &timer);
    return 1;
}

static int new_timer(lua_State *L, const struct type *type, enum vmtimer_kind kind)
{
    int64_t ns;
    int failed;
    struct vmtimer *timer;
    if (!get_period(L, &ns, &failed))
        return failed;
    vmtimer_push_channel(L, kind, ns, &timer);
    struct time_timer *object = type_new(L, type, sizeof(*object));
    object->timer = timer;
    lua_insert(L, -2);
    lua_setuservalue(L, -2);
    return 1;
}

static int time_timer(lua_State *L)
{
    return new_timer(L, &timer_type, VMTIMER_ONCE);
}

static int time_ticker(lua_State *L)
{
    return new_timer(L, &ticker_type, VMTIMER_TICKER);
}

/* ---- timers and tickers ---- */

static int timer_channel(lua_State *L)
{
    type_check(L, 1, &timer_type);
    lua_getuservalue(L, 1);
    return 1;
}

static int timer_stop(lua_State *L)
{
    struct time_timer *object = type_check(L, 1, &timer_type);
    lua_pushboolean(L, vmtimer_stop(L, object->timer));
    return 1;
}

static int timer_reset(lua_State *L)
{
    struct time_timer *object = type_check(L, 1, &timer_type);
    int64_t ns = duration_check(L, 2);
    luaL_argcheck(L, ns > 0, 2, "duration must be positive");
    lua_pushboolean(L, vmtimer_reset(L, object->timer, ns));
    return 1;
}

static int ticker_channel(lua_State *L)
{
    type_check(L, 1, &ticker_type);
    lua_getuservalue(L, 1);
    return 1;
}

static int ticker_stop(lua_State *L)
{
    struct time_timer *object = type_check(L, 1, &ticker_type);
    vmtimer_stop(L, object->timer);
    lua_pushboolean(L, true);
    return 1;
}

static const luaL_Reg timer_methods[] = {
    {"response", timer_channel}, {"channel", timer_channel}, {"stop", timer_stop}, {"reset", timer_reset}, {NULL, NULL},
};
static const luaL_Reg ticker_methods[] = {
    {"response", ticker_channel},
    {"channel", ticker_channel},
    {"stop", ticker_stop},
    {NULL, NULL},
};

static const struct type timer_type = {.name = "time.Timer", .methods = timer_methods};
static const struct type ticker_type = {.name = "time.Ticker", .methods = ticker_methods};

const struct lazy_entry std_time_entries[] = {
    LAZY_U("Time", &time_value_type),
    LAZY_U("Duration", &duration_type),
    LAZY_U("Location", &time_location_type),
    LAZY_U("Timer", &timer_type),
    LAZY_U("Ticker", &ticker_type),
    LAZY_F("now", time_now),
    LAZY_F("sleep", time_sleep),
    LAZY_F("after", time_after),
    LAZY_F("timer", time_timer),
    LAZY_F("ticker", time_ticker),
    LAZY_F("parse_duration", time_parse_duration),
    LAZY_F("date", time_date),
    LAZY_F("unix", time_unix),
    LAZY_F("parse", time_parse),
    LAZY_F("load_location", time_load_location),
    LAZY_F("fixed_zone", time_fixed_zone),
    LAZY_O("utc", time_open_utc),
    LAZY_O("localtz", time_open_localtz),
    LAZY_I("NANOSECOND", 1),
    LAZY_I("MICROSECOND", 1000),
    LAZY_I("MILLISECOND", 1000000),
    LAZY_I("SECOND", 1000000000),
    LAZY_I("MINUTE", 60000000000),
    LAZY_I("HOUR", 3600000000000),
    LAZY_S("RFC3339", "2006-01-02T15:04:05Z07:00"),
    LAZY_S("RFC3339NANO", "2006-01-02T15:04:05.999999999Z07:00"),
    LAZY_S("RFC822", "02 Jan 06 15:04 MST"),
    LAZY_S("RFC822Z", "02 Jan 06 15:04 -0700"),
    LAZY_S("RFC850", "Monday, 02-Jan-06 15:04:05 MST"),
    LAZY_S("RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"),
    LAZY_S("RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"),
    LAZY_S("DATE_TIME", "2006-01-02 15:04:05"),
    LAZY_S("DATE_ONLY", "2006-01-02"),
    LAZY_S("TIME_ONLY", "15:04:05"),
    LAZY_S("KITCHEN", "3:04PM"),
    LAZY_S("STAMP", "Jan _2 15:04:05"),
    LAZY_S("STAMP_MILLI", "Jan _2 15:04:05.000"),
    LAZY_S("STAMP_MICRO", "Jan _2 15:04:05.000000"),
    LAZY_S("STAMP_NANO", "Jan _2 15:04:05.000000000"),
    LAZY_I("JANUARY", 1),
    LAZY_I("FEBRUARY", 2),
    LAZY_I("MARCH", 3),
    LAZY_I("APRIL", 4),
    LAZY_I("MAY", 5),
    LAZY_I("JUNE", 6),
    LAZY_I("JULY", 7),
    LAZY_I("AUGUST", 8),
    LAZY_I("SEPTEMBER", 9),
    LAZY_I("OCTOBER", 10),
    LAZY_I("NOVEMBER", 11),
    LAZY_I("DECEMBER", 12),
    LAZY_I("SUNDAY", 0),
    LAZY_I("MONDAY", 1),
    LAZY_I("TUESDAY", 2),
    LAZY_I("WEDNESDAY", 3),
    LAZY_I("THURSDAY", 4),
    LAZY_I("FRIDAY", 5),
    LAZY_I("SATURDAY", 6),
    LAZY_DONE,
};
