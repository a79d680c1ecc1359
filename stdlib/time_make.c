/* SPDX-License-Identifier: MIT */
/*
 * time_make: Times from numbers and from texts.
 *
 *   time.date(year [, month, day, hour, minute, second, nanosecond [, loc]])
 *       numbers out of range are carried over; left out: 1, 1, 0, 0, 0, 0. loc: default local. Of a time of day that clocks there show twice or
 *       never, the moment that stdlib/zone.h names
 *   time.unix(seconds [, nanoseconds])     any number of nanoseconds; shown in local time
 *   time.parse(layout, text [, loc])       see stdlib/layout.h; loc (default local) is for texts that do not name a zone. An offset or a name that
 *       loc uses then gives a Time in loc; another offset one in a zone of that offset, another name one in a zone of offset 0. Not to be read:
 *       nil and an error of kind INVALID
 */
#include <math.h>
#include <string.h>

#include <lauxlib.h>

#include "stdlib/calendar.h"
#include "stdlib/layout.h"
#include "stdlib/time_value.h"
#include "stdlib/zone.h"
#include "vm/error.h"

int64_t time_integer_arg(lua_State *L, int index)
{
    lua_Integer value = 0;
    if (lua_isinteger(L, index))
        return lua_tointeger(L, index);
    lua_Number number = luaL_checknumber(L, index);
    luaL_argcheck(L, lua_numbertointeger(trunc(number), &value), index, "number out of range");
    return value;
}

static int64_t optional_arg(lua_State *L, int index, int64_t otherwise)
{
    return lua_isnoneornil(L, index) ? otherwise : time_integer_arg(L, index);
}

int time_date(lua_State *L)
{
    int64_t local, seconds;
    int32_t nanosecond;
    struct calendar_fields fields = {.year = time_integer_arg(L, 1),
                                     .month = optional_arg(L, 2, 1),
                                     .day = optional_arg(L, 3, 1),
                                     .hour = optional_arg(L, 4, 0),
                                     .minute = optional_arg(L, 5, 0),
                                     .second = optional_arg(L, 6, 0),
                                     .nanosecond = optional_arg(L, 7, 0)};
    struct time_place place = time_location_optional(L, 8);
    if (!calendar_join(&fields, &local, &nanosecond) || !time_location_to_utc(&place, local, &seconds))
        return luaL_error(L, "time out of range");
    return time_value_push_in(L, seconds, nanosecond, &place);
}

int time_unix(lua_State *L)
{
    struct calendar_fields fields = {.year = 1970, .month = 1, .day = 1};
    int64_t seconds;
    int32_t nanosecond;
    fields.second = time_integer_arg(L, 1);
    fields.nanosecond = optional_arg(L, 2, 0);
    struct time_place local = time_location_local(L);
    if (!calendar_join(&fields, &seconds, &nanosecond))
        return luaL_error(L, "time out of range");
    return time_value_push_in(L, seconds, nanosecond, &local);
}

/* ---- texts ---- */

static bool is_same(const char *name, size_t length, const struct layout_result *text)
{
    return length == text->name_length && memcmp(name, text->name, length) == 0;
}

/* Does the place use the offset, and the name if there is one, at that moment? */
static bool uses_offset(lua_State *L, const struct time_place *place, int64_t seconds, const struct layout_result *text)
{
    struct tz_period period = {.offset = place->offset};
    size_t length;
    const char *name;
    if (place->zone) {
        zone_at(place->zone, seconds, &period);
        name = period.name;
        length = strlen(name);
    } else {
        name = time_location_name(L, place, &length);
    }
    return period.offset == text->offset && (!text->name_length || is_same(name, length, text));
}

/* The offset for which the place uses the name. */
static bool find_offset(lua_State *L, const struct time_place *place, const struct layout_result *text, int32_t *offset)
{
    size_t length;
    if (place->zone)
        return zone_find_name(place->zone, text->name, text->name_length, text->local, offset);
    *offset = place->offset;
    const char *name = time_location_name(L, place, &length);
    return is_same(name, length, text);
}

static int push_with_offset(lua_State *L, const struct time_place *place, const struct layout_result *text)
{
    int64_t seconds = text->local - text->offset;
    if (uses_offset(L, place, seconds, text))
        return time_value_push_in(L, seconds, text->nanosecond, place);
    return time_value_push_fixed(L, seconds, text->nanosecond, text->offset, text->name, text->name_length);
}

static int push_result(lua_State *L, const struct time_place *place, const struct layout_result *text)
{
    struct time_place utc = time_location_utc(L);
    int64_t seconds = text->local;
    int32_t offset;
    switch (text->zone) {
    case LAYOUT_ZONE_NONE:
        time_location_to_utc(place, text->local, &seconds); /* years of four digits are far from its limits */
        return time_value_push_in(L, seconds, text->nanosecond, place);
    case LAYOUT_ZONE_UTC:
        return time_value_push_in(L, seconds, text->nanosecond, &utc);
    case LAYOUT_ZONE_OFFSET:
        return push_with_offset(L, place, text);
    case LAYOUT_ZONE_NAME:
        if (find_offset(L, place, text, &offset))
            return time_value_push_in(L, seconds - offset, text->nanosecond, place);
    }
    return time_value_push_fixed(L, seconds, text->nanosecond, 0, text->name, text->name_length);
}

int time_parse(lua_State *L)
{
    size_t layout_length, length;
    const char *layout = luaL_checklstring(L, 1, &layout_length), *text = luaL_checklstring(L, 2, &length);
    struct time_place place = time_location_optional(L, 3);
    struct layout_result result;
    struct layout_problem problem;
    char sentence[480];
    if (layout_length > TIME_LAYOUT_MAX || length > TIME_LAYOUT_MAX)
        return error_return(L, ERROR_INVALID, "cannot parse a time: %s is longer than %d bytes",
                            length > TIME_LAYOUT_MAX ? "the text" : "the layout", TIME_LAYOUT_MAX);
    if (layout_parse(layout, layout_length, text, length, &result, &problem))
        return push_result(L, &place, &result);
    layout_explain(sentence, sizeof sentence, layout, layout_length, text, length, &problem);
    return error_return(L, ERROR_INVALID, "%s", sentence);
}
