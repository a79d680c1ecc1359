/* SPDX-License-Identifier: MIT */
/*
 * time_value: Time objects: an instant with nanoseconds, shown in the local zone.
 */
#ifndef STDLIB_TIME_VALUE_H
#define STDLIB_TIME_VALUE_H

#include <stdint.h>

#include <lua.h>

struct type;

extern const struct type time_value_type;

/* Pushes the Time of `wall_ns` nanoseconds since the Unix epoch. Fits vm_config.push_time. */
void time_value_push(lua_State *L, int64_t wall_ns);

#endif
