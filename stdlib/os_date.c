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
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "stdlib/calendar.h"
#include "stdlib/os_lib.h"
#include "stdlib/string_buf.h"
#include "stdlib/string_lib.h"
#include "stdlib/string_work.h"
#include "vm/state.h"

/* Stack: format, time, parked struct date, bytes of the result. */
enum { DATE_STATE = 3, DATE_BYTES };

struct date {
    const char *at, *end; /* of the format */
    struct calendar calendar;
    size_t debt;
    struct string_buf buf;
};

static void set_field(lua_State *L, const char *name, int64_t value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

static int push_table(lua_State *L, const struct calendar *date)
{
    lua_createtable(L, 0, 9);
    set_field(L, "year", date->year);
    set_field(L, "month", date->month);
    set_field(L, "day", date->day);
    set_field(L, "hour", date->hour);
    set_field(L, "min", date->minute);
    set_field(L, "sec", date->second);
    set_field(L, "wday", date->weekday + 1);
    set_field(L, "yday", date->year_day);
    lua_pushboolean(L, date->is_dst);
    lua_setfield(L, -2, "isdst");
    return 1;
}

static int year_of_century(const struct calendar *date)
{
    return (int)((date->year % 100 + 100) % 100);
}

/* The text of a specifier that is a name or made of several parts; -1: it is neither. */
static int text_of(char *to, size_t size, const struct calendar *date, char letter)
{
    int minutes = date->offset / 60;
    const char *weekday = calendar_weekdays[date->weekday], *month = calendar_months[date->month - 1];
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
        return snprintf(to, size, "%.3s %.3s %2d %02d:%02d:%02d %" PRId64, weekday, month, date->day, date->hour,
                        date->minute, date->second, date->year);
    case 'p':
        return snprintf(to, size, "%s", date->hour < 12 ? "AM" : "PM");
    case 'x':
        return snprintf(to, size, "%02d/%02d/%02d", date->month, date->day, year_of_century(date));
    case 'X':
        return snprintf(to, size, "%02d:%02d:%02d", date->hour, date->minute, date->second);
    case 'z':
        return snprintf(to, size, "%c%02d%02d", minutes < 0 ? '-' : '+', abs(minutes) / 60, abs(minutes) % 60);
    case 'Z':
        return snprintf(to, size, "%s", date->zone);
    }
    return -1;
}

/* The text of a specifier that is a number; -1: it is none. */
static int number_of(char *to, size_t size, const struct calendar *date, char letter)
{
    switch (letter) {
    case 'd':
        return snprintf(to, size, "%02d", date->day);
    case 'H':
        return snprintf(to, size, "%02d", date->hour);
    case 'I':
        return snprintf(to, size, "%02d", (date->hour + 11) % 12 + 1);
    case 'j':
        return snprintf(to, size, "%03d", date->year_day);
    case 'm':
        return snprintf(to, size, "%02d", date->month);
    case 'M':
        return snprintf(to, size, "%02d", date->minute);
    case 'S':
        return snprintf(to, size, "%02d", date->second);
    case 'U':
        return snprintf(to, size, "%02d", (date->year_day + 6 - date->weekday) / 7);
    case 'w':
        return snprintf(to, size, "%d", date->weekday);
    case 'W':
        return snprintf(to, size, "%02d", calendar_iso_week(date));
    case 'y':
        return snprintf(to, size, "%02d", year_of_century(date));
    case 'Y':
        return snprintf(to, size, "%" PRId64, date->year);
    }
    return -1;
}

static void add_specifier(lua_State *L, struct date *date, char letter)
{
    char text[64];
    int length = text_of(text, sizeof text, &date->calendar, letter);
    if (length < 0)
        length = number_of(text, sizeof text, &date->calendar, letter);
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
    os_split_time(L, seconds, is_utc, &date.calendar);
    date.at = format + is_utc;
    date.end = format + length;
    date.debt = 0;
    if (date.end - date.at == 2 && memcmp(date.at, "*t", 2) == 0)
        return push_table(L, &date.calendar);
    lua_settop(L, 2);
    lua_settop(L, DATE_BYTES);
    string_buf_init(&date.buf, DATE_BYTES);
    return date_run(L, &date);
}
