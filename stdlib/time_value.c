/* SPDX-License-Identifier: MIT */
/*
 * time_value: the methods of Time objects. Seconds and nanoseconds are kept apart, so the range is not that of nanoseconds in 64 bits, but some
 * 292,000,000,000 years; results in nanoseconds (unix_nano, sub) are the nearest there is. What does not fit otherwise raises.
 *
 *   t:add(d)  t:add_date(years, months, days)    Time; dates are carried over: January 31 and a month is March 2 or 3
 *   t:sub(u)                                     Duration
 *   t:before(u) t:after(u) t:equal(u)            the instants compared
 *   t:round(d) t:truncate(d)                     Time; multiples of the Duration d from 0001-01-01T00:00:00Z on, a half goes up
 *   t:utc() t:in_local() t:in_location(loc)      Time; the same instant
 *   t:location()                                 Location
 *   t:format(layout) t:format_rfc3339()          text, see stdlib/layout.h
 *   t:date()  t:clock()                          year, month, day; hour, minute, second
 *   t:year() t:month() t:day() t:hour() t:minute() t:second() t:nanosecond() t:weekday() (0: Sunday) t:year_day()
 *   t:unix() t:unix_nano()                       integers
 *   t:is_zero()                                  is it 0001-01-01T00:00:00Z?
 */
#include "stdlib/time_value.h"

#include <string.h>

#include <lauxlib.h>

#include "stdlib/calendar.h"
#include "stdlib/duration.h"
#include "stdlib/layout.h"
#include "stdlib/zone.h"
#include "vm/type.h"

enum { NS_PER_S = CALENDAR_NS_PER_S, TEXT_SMALL = 128 };

static const char rfc3339[] = "2006-01-02T15:04:05Z07:00";
static const char shown[] = "2006-01-02 15:04:05.999999999 -0700 MST";

/* ---- making ---- */

int time_value_push_in(lua_State *L, int64_t seconds, int32_t nanosecond, const struct time_place *place)
{
    struct time_value *time = type_new(L, &time_value_type, sizeof *time);
    time->seconds = seconds;
    time->nanosecond = nanosecond;
    time->offset = place->offset;
    time->zone = place->zone;
    if (!place->zone && place->object) {
        lua_getuservalue(L, place->object);
        lua_setuservalue(L, -2);
    }
    return 1;
}

int time_value_push_fixed(lua_State *L, int64_t seconds, int32_t nanosecond, int32_t offset, const char *name,
                          size_t length)
{
    time_value_push_in(L, seconds, nanosecond, &(struct time_place){.offset = offset});
    if (length) {
        lua_pushlstring(L, name, length);
        lua_setuservalue(L, -2);
    }
    return 1;
}

void time_value_push(lua_State *L, int64_t wall_ns)
{
    struct time_place local = time_location_local(L);
    int64_t seconds = wall_ns / NS_PER_S - (wall_ns % NS_PER_S < 0);
    time_value_push_in(L, seconds, (int32_t)(wall_ns - seconds * NS_PER_S), &local);
}

struct time_value *time_value_check(lua_State *L, int index)
{
    return type_check(L, index, &time_value_type);
}

struct time_place time_value_place(lua_State *L, int index)
{
    struct time_value *time = time_value_check(L, index);
    return (struct time_place){.zone = time->zone, .offset = time->offset, .object = index};
}

/* A Time in the place of that at 1, `nanoseconds` after 0001-01-01. */
static int push_from_year_one(lua_State *L, __int128 nanoseconds)
{
    struct time_place place = time_value_place(L, 1);
    __int128 seconds = nanoseconds / NS_PER_S - (nanoseconds % NS_PER_S < 0);
    int32_t rest = (int32_t)(nanoseconds - seconds * NS_PER_S);
    seconds += CALENDAR_YEAR_ONE_S;
    if (seconds > INT64_MAX || seconds < INT64_MIN)
        return luaL_error(L, "time out of range");
    return time_value_push_in(L, (int64_t)seconds, rest, &place);
}

static __int128 from_year_one(const struct time_value *time)
{
    return ((__int128)time->seconds - CALENDAR_YEAR_ONE_S) * NS_PER_S + time->nanosecond;
}

/* ---- reckoning ---- */

static int time_add(lua_State *L)
{
    struct time_value *time = time_value_check(L, 1);
    int64_t ns = duration_check(L, 2);
    return push_from_year_one(L, from_year_one(time) + ns);
}

/* The nearest Duration there is. */
static int time_sub(lua_State *L)
{
    __int128 ns = from_year_one(time_value_check(L, 1)) - from_year_one(time_value_check(L, 2));
    duration_push(L, ns > INT64_MAX ? INT64_MAX : ns < INT64_MIN ? INT64_MIN : (int64_t)ns);
    return 1;
}

static int time_add_date(lua_State *L)
{
    struct time_place place = time_value_place(L, 1);
    struct calendar date;
    int64_t local, seconds, years = time_integer_arg(L, 2), months = time_integer_arg(L, 3),
                            days = time_integer_arg(L, 4);
    int32_t nanosecond;
    time_value_split(L, 1, &date);
    struct calendar_fields fields = {.hour = date.hour,
                                     .minute = date.minute,
                                     .second = date.second,
                                     .nanosecond = time_value_check(L, 1)->nanosecond};
    if (__builtin_add_overflow(date.year, years, &fields.year) ||
        __builtin_add_overflow(date.month, months, &fields.month) ||
        __builtin_add_overflow(date.day, days, &fields.day) || !calendar_join(&fields, &local, &nanosecond) ||
        !time_location_to_utc(&place, local, &seconds))
        return luaL_error(L, "time out of range");
    return time_value_push_in(L, seconds, nanosecond, &place);
}

static int round_to(lua_State *L, bool up_from_half)
{
    struct time_value *time = time_value_check(L, 1);
    int64_t unit;
    type_check(L, 2, &duration_type);
    duration_get(L, 2, &unit);
    __int128 ns = from_year_one(time);
    if (unit <= 0)
        return push_from_year_one(L, ns);
    __int128 rest = ns % unit;
    if (rest < 0)
        rest += unit;
    return push_from_year_one(L, ns - rest + (up_from_half && rest * 2 >= unit ? unit : 0));
}

static int time_round(lua_State *L)
{
    return round_to(L, true);
}

static int time_truncate(lua_State *L)
{
    return round_to(L, false);
}

static int compare(lua_State *L)
{
    const struct time_value *a = time_value_check(L, 1), *b = time_value_check(L, 2);
    if (a->seconds != b->seconds)
        return a->seconds < b->seconds ? -1 : 1;
    return (a->nanosecond > b->nanosecond) - (a->nanosecond < b->nanosecond);
}

static int time_before(lua_State *L)
{
    lua_pushboolean(L, compare(L) < 0);
    return 1;
}

static int time_after(lua_State *L)
{
    lua_pushboolean(L, compare(L) > 0);
    return 1;
}

static int time_equal(lua_State *L)
{
    lua_pushboolean(L, compare(L) == 0);
    return 1;
}

static int time_is_zero(lua_State *L)
{
    const struct time_value *time = time_value_check(L, 1);
    lua_pushboolean(L, time->seconds == CALENDAR_YEAR_ONE_S && !time->nanosecond);
    return 1;
}

/* ---- places ---- */

static int move_to(lua_State *L, struct time_place place)
{
    const struct time_value *time = time_value_check(L, 1);
    return time_value_push_in(L, time->seconds, time->nanosecond, &place);
}

static int time_utc(lua_State *L)
{
    return move_to(L, time_location_utc(L));
}

static int time_in_local(lua_State *L)
{
    return move_to(L, time_location_local(L));
}

static int time_in_location(lua_State *L)
{
    type_check(L, 2, &time_location_type);
    return move_to(L, time_location_optional(L, 2));
}

static int time_location(lua_State *L)
{
    struct time_place place = time_value_place(L, 1);
    return time_location_push(L, &place);
}

/* ---- fields ---- */

void time_value_split(lua_State *L, int index, struct calendar *out)
{
    const struct time_value *time = time_value_check(L, index);
    if (time->zone) {
        struct tz_period period;
        zone_at(time->zone, time->seconds, &period);
        calendar_split(out, time->seconds, period.offset);
        out->is_dst = period.is_dst;
        out->zone = period.name;
        out->zone_length = strlen(period.name);
    } else {
        struct time_place place = {.offset = time->offset, .object = index};
        calendar_split(out, time->seconds, time->offset);
        out->is_dst = false;
        out->zone = time_location_name(L, &place, &out->zone_length);
    }
    out->nanosecond = time->nanosecond;
}

#define FIELD(name, member)              \
    static int time_##name(lua_State *L) \
    {                                    \
        struct calendar date;            \
        time_value_split(L, 1, &date);   \
        lua_pushinteger(L, date.member); \
        return 1;                        \
    }

FIELD(year, year)
FIELD(month, month)
FIELD(day, day)
FIELD(hour, hour)
FIELD(minute, minute)
FIELD(second, second)
FIELD(weekday, weekday)
FIELD(year_day, year_day)

static int time_date_of(lua_State *L)
{
    struct calendar date;
    time_value_split(L, 1, &date);
    lua_pushinteger(L, date.year);
    lua_pushinteger(L, date.month);
    lua_pushinteger(L, date.day);
    return 3;
}

static int time_clock(lua_State *L)
{
    struct calendar date;
    time_value_split(L, 1, &date);
    lua_pushinteger(L, date.hour);
    lua_pushinteger(L, date.minute);
    lua_pushinteger(L, date.second);
    return 3;
}

static int time_nanosecond(lua_State *L)
{
    lua_pushinteger(L, time_value_check(L, 1)->nanosecond);
    return 1;
}

static int time_unix_of(lua_State *L)
{
    lua_pushinteger(L, time_value_check(L, 1)->seconds);
    return 1;
}

/* The nearest integer there is. */
static int time_unix_nano(lua_State *L)
{
    const struct time_value *time = time_value_check(L, 1);
    __int128 ns = (__int128)time->seconds * NS_PER_S + time->nanosecond;
    lua_pushinteger(L, ns > INT64_MAX ? INT64_MAX : ns < INT64_MIN ? INT64_MIN : (int64_t)ns);
    return 1;
}

/* ---- text ---- */

size_t time_value_text(lua_State *L, int index, char text[TIME_VALUE_TEXT_MAX])
{
    static const char exact[] = "2006-01-02T15:04:05.999999999Z07:00";
    struct calendar moment;
    time_value_split(L, index, &moment);
    if (moment.year < 0 || moment.year > 9999)
        return 0;
    return layout_format(text, TIME_VALUE_TEXT_MAX, exact, sizeof exact - 1, &moment);
}

/* A text that does not fit into `text` is written anew into memory of the Lua heap. */
static int push_format(lua_State *L, const char *layout, size_t layout_length)
{
    char text[TEXT_SMALL];
    struct calendar moment;
    time_value_split(L, 1, &moment);
    size_t length = layout_format(text, sizeof text, layout, layout_length, &moment);
    if (length <= sizeof text) {
        lua_pushlstring(L, text, length);
        return 1;
    }
    char *large = lua_newuserdata(L, length);
    layout_format(large, length, layout, layout_length, &moment);
    lua_pushlstring(L, large, length);
    return 1;
}

static int time_format(lua_State *L)
{
    size_t length;
    time_value_check(L, 1);
    const char *layout = luaL_checklstring(L, 2, &length);
    luaL_argcheck(L, length <= TIME_LAYOUT_MAX, 2, "layout is longer than 4096 bytes");
    return push_format(L, layout, length);
}

static int time_format_rfc3339(lua_State *L)
{
    return push_format(L, rfc3339, sizeof rfc3339 - 1);
}

/* 2024-12-29 15:04:05.5 +0100 CET */
static int time_tostring(lua_State *L)
{
    return push_format(L, shown, sizeof shown - 1);
}

static const luaL_Reg time_methods[] = {
    {"add", time_add},
    {"add_date", time_add_date},
    {"sub", time_sub},
    {"before", time_before},
    {"after", time_after},
    {"equal", time_equal},
    {"round", time_round},
    {"truncate", time_truncate},
    {"utc", time_utc},
    {"in_local", time_in_local},
    {"in_location", time_in_location},
    {"location", time_location},
    {"format", time_format},
    {"format_rfc3339", time_format_rfc3339},
    {"date", time_date_of},
    {"clock", time_clock},
    {"year", time_year},
    {"month", time_month},
    {"day", time_day},
    {"hour", time_hour},
    {"minute", time_minute},
    {"second", time_second},
    {"nanosecond", time_nanosecond},
    {"weekday", time_weekday},
    {"year_day", time_year_day},
    {"unix", time_unix_of},
    {"unix_nano", time_unix_nano},
    {"is_zero", time_is_zero},
    {NULL, NULL},
};

const struct type time_value_type = {
    .name = "time.Time", .methods = time_methods, .tostring = time_tostring, .place = TYPE_TIME};
