/* SPDX-License-Identifier: MIT */
/*
 * time_value: see time_value.h. Seconds and nanoseconds are kept apart (0 <= nanoseconds < 1e9), so the range is not that of
 * nanoseconds in 64 bits; results that are (unix_nano, sub) saturate.
 *
 *   t:unix() t:unix_nano()               integers
 *   t:sub(u)                             Duration
 *   t:before(u) t:after(u) t:equal(u)    the instants compared
 *   t:format_rfc3339()                   2006-01-02T15:04:05Z07:00
 */
#include "stdlib/time_value.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include <lauxlib.h>

#include "stdlib/duration.h"
#include "vm/type.h"

enum { NS_PER_S = 1000000000 };

struct time_value {
    const struct type *type;
    int64_t seconds; /* since the Unix epoch, rounded down */
    int32_t nanoseconds;
};

static struct time_value *check_time(lua_State *L, int index)
{
    return type_check(L, index, &time_value_type);
}

/* seconds * 1e9 + nanoseconds, or the nearest there is. */
static int64_t to_nanoseconds(__int128 seconds, int64_t nanoseconds)
{
    __int128 total = seconds * NS_PER_S + nanoseconds;
    if (total > INT64_MAX)
        return INT64_MAX;
    return total < INT64_MIN ? INT64_MIN : (int64_t)total;
}

static int compare(const struct time_value *a, const struct time_value *b)
{
    if (a->seconds != b->seconds)
        return a->seconds < b->seconds ? -1 : 1;
    return (a->nanoseconds > b->nanoseconds) - (a->nanoseconds < b->nanoseconds);
}

static int time_unix(lua_State *L)
{
    lua_pushinteger(L, check_time(L, 1)->seconds);
    return 1;
}

static int time_unix_nano(lua_State *L)
{
    struct time_value *time = check_time(L, 1);
    lua_pushinteger(L, to_nanoseconds(time->seconds, time->nanoseconds));
    return 1;
}

static int time_sub(lua_State *L)
{
    struct time_value *a = check_time(L, 1), *b = check_time(L, 2);
    duration_push(L, to_nanoseconds((__int128)a->seconds - b->seconds, (int64_t)a->nanoseconds - b->nanoseconds));
    return 1;
}

static int time_before(lua_State *L)
{
    lua_pushboolean(L, compare(check_time(L, 1), check_time(L, 2)) < 0);
    return 1;
}

static int time_after(lua_State *L)
{
    lua_pushboolean(L, compare(check_time(L, 1), check_time(L, 2)) > 0);
    return 1;
}

static int time_equal(lua_State *L)
{
    lua_pushboolean(L, compare(check_time(L, 1), check_time(L, 2)) == 0);
    return 1;
}

/* The fields of the local zone; false for years that struct tm cannot hold. */
static bool local_fields(const struct time_value *time, struct tm *tm)
{
    time_t seconds = (time_t)time->seconds;
    return localtime_r(&seconds, tm) != NULL;
}

/* "Z" or "+01:00"; returns the length. */
static size_t write_offset(char *text, size_t size, const struct tm *tm)
{
    long offset = tm->tm_gmtoff / 60, minutes = offset < 0 ? -offset : offset;
    if (offset == 0)
        return (size_t)snprintf(text, size, "Z");
    return (size_t)snprintf(text, size, "%c%02ld:%02ld", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

/* ".5" or "" into 16 bytes; returns the length. */
static size_t write_fraction(char *text, const struct time_value *time)
{
    size_t length = 0;
    if (time->nanoseconds)
        length = (size_t)snprintf(text, 16, ".%09d", time->nanoseconds);
    while (length && text[length - 1] == '0')
        length--;
    text[length] = '\0';
    return length;
}

static int time_format_rfc3339(lua_State *L)
{
    struct tm tm;
    char text[64];
    if (!local_fields(check_time(L, 1), &tm))
        return luaL_error(L, "year out of range");
    size_t length = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
    length += write_offset(text + length, sizeof(text) - length, &tm);
    lua_pushlstring(L, text, length);
    return 1;
}

size_t time_value_text(lua_State *L, int index, char text[TIME_VALUE_TEXT_MAX])
{
    struct tm tm;
    struct time_value *time = check_time(L, index);
    if (!local_fields(time, &tm) || tm.tm_year < -1900 || tm.tm_year > 9999 - 1900)
        return 0;
    size_t length = strftime(text, TIME_VALUE_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
    length += write_fraction(text + length, time);
    return length + write_offset(text + length, TIME_VALUE_TEXT_MAX - length, &tm);
}

/* 2024-12-29 15:04:05.5 +0100 CET */
static int time_tostring(lua_State *L)
{
    struct tm tm;
    struct time_value *time = check_time(L, 1);
    char date[48], fraction[16], zone[48];
    if (!local_fields(time, &tm)) {
        lua_pushfstring(L, "%I s", (LUAI_UACINT)time->seconds);
        return 1;
    }
    strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm);
    strftime(zone, sizeof(zone), "%z %Z", &tm);
    write_fraction(fraction, time);
    lua_pushfstring(L, "%s%s %s", date, fraction, zone);
    return 1;
}

static const luaL_Reg time_methods[] = {
    {"unix", time_unix},
    {"unix_nano", time_unix_nano},
    {"sub", time_sub},
    {"before", time_before},
    {"after", time_after},
    {"equal", time_equal},
    {"format_rfc3339", time_format_rfc3339},
    {NULL, NULL},
};

const struct type time_value_type = {.name = "time.Time", .methods = time_methods, .tostring = time_tostring};

void time_value_push(lua_State *L, int64_t wall_ns)
{
    struct time_value *time = type_new(L, &time_value_type, sizeof(*time));
    int64_t nanoseconds = wall_ns % NS_PER_S;
    time->seconds = wall_ns / NS_PER_S - (nanoseconds < 0);
    time->nanoseconds = (int32_t)(nanoseconds < 0 ? nanoseconds + NS_PER_S : nanoseconds);
}
