/* SPDX-License-Identifier: MIT */
/*
 * time_value: Time and Location objects. A Time is an instant, in seconds and nanoseconds, and a place whose clocks show it; it does not change.
 *
 * A place is a zone of the runtime, or, if `zone` is NULL, a fixed offset; then the name of it, if any, is the user value of the object.
 */
#ifndef STDLIB_TIME_VALUE_H
#define STDLIB_TIME_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

struct calendar;
struct type;
struct zone;

enum { TIME_LAYOUT_MAX = 4096 }; /* of layouts and of texts to be read: a loop over them needs not be interrupted */

extern const struct type time_value_type, time_location_type;

struct time_place {
    const struct zone *zone;
    int32_t offset; /* if zone is NULL: seconds east of UTC */
    int object; /* if zone is NULL: stack index of the Time or Location whose user value is the name, 0: it has none */
};

struct time_value {
    const struct type *type;
    int64_t seconds;    /* since the Unix epoch, rounded down */
    int32_t nanosecond; /* 0 to 999,999,999 */
    int32_t offset;
    const struct zone *zone;
};

/* Pushes the Time of `wall_ns` nanoseconds since the Unix epoch, in local time. Fits vm_config.push_time. */
void time_value_push(lua_State *L, int64_t wall_ns);

/* Pushes a Time in the place; in a zone of a fixed offset and that name. Both return 1. */
int time_value_push_in(lua_State *L, int64_t seconds, int32_t nanosecond, const struct time_place *place);
int time_value_push_fixed(lua_State *L, int64_t seconds, int32_t nanosecond, int32_t offset, const char *name,
                          size_t length);

/* The Time at `index`, or an argument error; and its place. */
struct time_value *time_value_check(lua_State *L, int index);
struct time_place time_value_place(lua_State *L, int index);

/* Date, time of day and zone that the Time at `index` shows. The name of the zone is valid while the Time is on the stack. */
void time_value_split(lua_State *L, int index, struct calendar *out);

enum { TIME_VALUE_TEXT_MAX = 64 };

/*
 * Writes the Time at `index` as RFC 3339 text with as many digits of the second as it needs; returns the length, 0: its year is not one
 * of 0 to 9999.
 */
size_t time_value_text(lua_State *L, int index, char text[TIME_VALUE_TEXT_MAX]);

/* ---- locations: time_location.c ---- */

struct time_place time_location_utc(lua_State *L);
struct time_place time_location_local(lua_State *L);

/* The Location at `index`, local time if there is none or nil, or an argument error. */
struct time_place time_location_optional(lua_State *L, int index);

/* Pushes a Location. Returns 1. */
int time_location_push(lua_State *L, const struct time_place *place);

/* The moment at which clocks there show `local`, as zone_to_utc. */
bool time_location_to_utc(const struct time_place *place, int64_t local, int64_t *seconds);

/* Pushes nothing and returns "" if a fixed place has no name; otherwise the name, which lives as long as the object of the place. */
const char *time_location_name(lua_State *L, const struct time_place *place, size_t *length);

/* Functions of the module, and members that are opened. */
int time_load_location(lua_State *L);
int time_fixed_zone(lua_State *L);
int time_open_utc(lua_State *L);
int time_open_localtz(lua_State *L);

/* ---- time_make.c: functions of the module that make Times ---- */

int time_date(lua_State *L);
int time_parse(lua_State *L);
int time_unix(lua_State *L);

/* An integer argument; fractions are cut off. */
int64_t time_integer_arg(lua_State *L, int index);

#endif
