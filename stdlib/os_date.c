/* SPDX-License-Identifier: MIT */
/*
 * os.date([format [, time]]): a moment as text; local time, or UTC if the format begins with '!'. "*t" gives a table
 * instead.
 *
 *   %a %A %b %B   names of weekday and month      %d %j %m %w %y %Y   numbers of day, day of year, month, weekday, year
 *   %H %I %M %S %p   time of day                  %U  week of the year, from Sunday;  %W  ISO week
 *   %c  Mon Jan  2 15:04:05 2006                  %x  01/02/06      %X  15:04:05
 *   %z %Z   zone                                  %%  %
 *
 * Whatever else follows a '%' is left as it is. English whatever the locale.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lauxlib.h>
#include <lua.h>

#include "stdlib/os_lib.h"
#include "stdlib/string_buf.h"
#include "stdlib/string_lib.h"
#include "stdlib/string_work.h"
#include "vm/state.h"

static const char *const weekdays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};

/* Stack: format, time, parked struct date, bytes of the result. */
enum { DATE_STATE = 3, DATE_BYTES };

struct date {
    const char *at, *end; /* of the format */
    struct tm tm;
    size_t debt;
    struct string_buf buf;
};

static void set_field(lua_State *L, const char *name, int value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

static int push_table(lua_State *L, const struct tm *tm)
{
    lua_createtable(L, 0, 9);
    set_field(L, "year", tm->tm_year + 1900);
    set_field(L, "month", tm->tm_mon + 1);
    set_field(L, "day", tm->tm_mday);
    set_field(L, "hour", tm->tm_hour);
    set_field(L, "min", tm->tm_min);
    set_field(L, "sec", tm->tm_sec);
    set_field(L, "wday", tm->tm_wday + 1);
    set_field(L, "yday", tm->tm_yday + 1);
    lua_pushboolean(L, tm->tm_isdst > 0);
    lua_setfield(L, -2, "isdst");
    return 1;
}

/* The text of a specifier that is a name or made of several parts; -1: it is neither. */
static int text_of(char *to, size_t size, const struct tm *tm, char letter)
{
    long year = tm->tm_year + 1900L, minutes = tm->tm_gmtoff / 60;
    const char *weekday = weekdays[tm->tm_wday], *month = months[tm->tm_mon];
    switch (letter) {
    case 'a':
        return snprintf(to, size, "%.3s", weekday);
    case 'A':
        return snprintf(to, size, "%s", weekday);
    case 'b':
        return snprintf(to, size, "%.3s", month);
    case 'B':
        return snprintf(to, size, "%s", month);
    case 'c':
        return snprintf(to, size, "%.3s %.3s %2d %02d:%02d:%02d %ld", weekday, month, tm->tm_mday, tm->tm_hour,
                        tm->tm_min, tm->tm_sec, year);
    case 'p':
        return snprintf(to, size, "%s", tm->tm_hour < 12 ? "AM" : "PM");
    case 'x':
        return snprintf(to, size, "%02d/%02d/%02ld", tm->tm_mon + 1, tm->tm_mday, ((year % 100) + 100) % 100);
    case 'X':
        return snprintf(to, size, "%02d:%02d:%02d", tm->tm_hour, tm->tm_min, tm->tm_sec);
    case 'z':
        return snprintf(to, size, "%c%02ld%02ld", minutes < 0 ? '-' : '+', labs(minutes) / 60, labs(minutes) % 60);
    case 'Z':
        return snprintf(to, size, "%s", tm->tm_zone ? tm->tm_zone : "");
    }
    return -1;
}

/* The text of a specifier that is a number; -1: it is none. */
static int number_of(char *to, size_t size, const struct tm *tm, char letter)
{
    long year = tm->tm_year + 1900L;
    switch (letter) {
    case 'd':
        return snprintf(to, size, "%02d", tm->tm_mday);
    case 'H':
        return snprintf(to, size, "%02d", tm->tm_hour);
    case 'I':
        return snprintf(to, size, "%02d", (tm->tm_hour + 11) % 12 + 1);
    case 'j':
        return snprintf(to, size, "%03d", tm->tm_yday + 1);
    case 'm':
        return snprintf(to, size, "%02d", tm->tm_mon + 1);
    case 'M':
        return snprintf(to, size, "%02d", tm->tm_min);
    case 'S':
        return snprintf(to, size, "%02d", tm->tm_sec);
    case 'U':
        return snprintf(to, size, "%02d", (tm->tm_yday + 7 - tm->tm_wday) / 7);
    case 'w':
        return snprintf(to, size, "%d", tm->tm_wday);
    case 'W':
        return (int)strftime(to, size, "%V", tm);
    case 'y':
        return snprintf(to, size, "%02ld", ((year % 100) + 100) % 100);
    case 'Y':
        return snprintf(to, size, "%ld", year);
    }
    return -1;
}

static void add_specifier(lua_State *L, struct date *date, char letter)
{
    char text[64];
    int length = text_of(text, sizeof text, &date->tm, letter);
    if (length < 0)
        length = number_of(text, sizeof text, &date->tm, letter);
    if (length >= (int)sizeof text)
        length = (int)sizeof text - 1;
    if (length >= 0)
        string_buf_add(L, &date->buf, text, (size_t)length);
    else if (letter == '%')
        string_buf_add_char(L, &date->buf, '%');
    else
        string_buf_add(L, &date->buf, (char[]){'%', letter}, 2);
}

static int date_continue(lua_State *L, int status, lua_KContext context);

static int date_run(lua_State *L, struct date *date)
{
    while (date->at < date->end) {
        const char *percent = memchr(date->at, '%', (size_t)(date->end - date->at));
        size_t plain = (size_t)((percent ? percent : date->end) - date->at);
        string_buf_add(L, &date->buf, date->at, plain);
        date->at += plain;
        if (percent && percent + 1 < date->end) {
            add_specifier(L, date, percent[1]);
            date->at += 2;
        } else if (percent) {
            string_buf_add_char(L, &date->buf, *date->at++);
        }
        if (string_owes(L, &date->debt, 8 + plain / 64)) {
            struct date *parked = string_park(L, DATE_STATE, date, sizeof *date);
            if (parked != date)
                string_buf_moved(&parked->buf, &date->buf);
            return state_reschedule(L, 0, date_continue);
        }
    }
    string_buf_push(L, &date->buf);
    return 1;
}

static int date_continue(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return date_run(L, lua_touserdata(L, DATE_STATE));
}

/* Argument 2 in whole seconds, or now. */
static lua_Integer time_arg(lua_State *L)
{
    lua_Integer seconds = 0;
    if (lua_isnoneornil(L, 2))
        return os_now();
    if (lua_isinteger(L, 2))
        return lua_tointeger(L, 2);
    luaL_argcheck(L, lua_numbertointeger(floor(luaL_checknumber(L, 2)), &seconds), 2, "time out-of-bounds");
    return seconds;
}

int os_date(lua_State *L)
{
    struct date date;
    size_t length = 2;
    const char *format = lua_isnoneornil(L, 1) ? "%c" : string_arg(L, 1, &length);
    lua_Integer seconds = time_arg(L);
    bool is_utc = length > 0 && *format == '!';
    os_split_time(L, seconds, is_utc, &date.tm);
    if (is_utc)
        date.tm.tm_zone = "UTC";
    date.at = format + is_utc;
    date.end = format + length;
    date.debt = 0;
    if (date.end - date.at == 2 && memcmp(date.at, "*t", 2) == 0)
        return push_table(L, &date.tm);
    lua_settop(L, 2);
    lua_settop(L, DATE_BYTES);
    string_buf_init(&date.buf, DATE_BYTES);
    return date_run(L, &date);
}
