/* SPDX-License-Identifier: MIT */
/*
 * time_value: Time objects: an instant with nanoseconds, shown in the local zone.
 */
#ifndef STDLIB_TIME_VALUE_H
#define STDLIB_TIME_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include <lua.h>

struct type;

extern const struct type time_value_type;

/* Pushes the Time of `wall_ns` nanoseconds since the Unix epoch. Fits vm_config.push_time. */
void time_value_push(lua_State *L, int64_t wall_ns);

enum { TIME_VALUE_TEXT_MAX = 64 };

/*
 * Writes the Time at `index` as RFC 3339 text with as many digits of the second as it needs; returns the length, 0: its year is not one
 * of 0 to 9999.
 */
size_t time_value_text(lua_State *L, int index, char text[TIME_VALUE_TEXT_MAX]);

#endif
