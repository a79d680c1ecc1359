/* SPDX-License-Identifier: MIT */
/*
 * time_location: time zones of Lua programs.
 *
 *   time.utc  time.localtz             Locations: UTC, and the zone of this machine, whose name is "Local"
 *   time.load_location(name)           a Location by its IANA name: "Europe/Paris"; empty: INVALID, unknown: NOT_FOUND
 *   time.fixed_zone(name, seconds)     a Location so many seconds east of UTC, less than 100 hours
 *   loc:string()  tostring(loc)        its name
 */
#include <errno.h>
#include <string.h>

#include <lauxlib.h>

#include "stdlib/services.h"
#include "stdlib/time_value.h"
#include "stdlib/zone.h"
#include "stdlib/zones.h"
#include "vm/error.h"
#include "vm/type.h"

enum { NAME_MAX_LENGTH = 255, OFFSET_LIMIT = 100 * 3600 };

struct location {
    const struct type *type;
    const struct zone *zone;
    int32_t offset;
};

struct time_place time_location_utc(lua_State *L)
{
    return (struct time_place){.zone = zones_utc(services_of(L)->zones)};
}

struct time_place time_location_local(lua_State *L)
{
    return (struct time_place){.zone = zones_local(services_of(L)->zones)};
}

static struct time_place location_place(lua_State *L, int index)
{
    const struct location *location = type_check(L, index, &time_location_type);
    return (struct time_place){.zone = location->zone, .offset = location->offset, .object = index};
}

struct time_place time_location_optional(lua_State *L, int index)
{
    return lua_isnoneornil(L, index) ? time_location_local(L) : location_place(L, index);
}

int time_location_push(lua_State *L, const struct time_place *place)
{
    struct location *location = type_new(L, &time_location_type, sizeof *location);
    location->zone = place->zone;
    location->offset = place->offset;
    if (!place->zone && place->object) {
        lua_getuservalue(L, place->object);
        lua_setuservalue(L, -2);
    }
    return 1;
}

bool time_location_to_utc(const struct time_place *place, int64_t local, int64_t *seconds)
{
    if (place->zone)
        return zone_to_utc(place->zone, local, seconds);
    return !__builtin_sub_overflow(local, place->offset, seconds);
}

const char *time_location_name(lua_State *L, const struct time_place *place, size_t *length)
{
    const char *name = NULL;
    *length = 0;
    if (place->zone) {
        name = zone_name(place->zone);
        *length = strlen(name);
    } else if (place->object) {
        if (lua_getuservalue(L, place->object) == LUA_TSTRING)
            name = lua_tolstring(L, -1, length);
        lua_pop(L, 1); /* the object holds it */
    }
    return name ? name : "";
}

/* ---- the module ---- */

int time_load_location(lua_State *L)
{
    char problem[ZONES_PROBLEM];
    struct time_place place = {.zone = NULL};
    size_t length;
    const char *name = luaL_checklstring(L, 1, &length);
    if (!length)
        return error_return(L, ERROR_INVALID, "the name of a location must not be empty");
    int error = zones_find(services_of(L)->zones, name, length, &place.zone, problem);
    if (error == -ENOENT)
        return error_return(L, ERROR_NOT_FOUND, "unknown time zone \"%.60s\": %s", name, problem);
    if (error)
        return error_return(L, ERROR_INTERNAL, "time zone \"%.60s\" cannot be read: %s", name, problem);
    return time_location_push(L, &place);
}

int time_fixed_zone(lua_State *L)
{
    size_t length;
    luaL_checklstring(L, 1, &length);
    int64_t offset = time_integer_arg(L, 2);
    luaL_argcheck(L, length <= NAME_MAX_LENGTH, 1, "name is longer than 255 bytes");
    luaL_argcheck(L, offset > -OFFSET_LIMIT && offset < OFFSET_LIMIT, 2, "offset is not within 100 hours");
    time_location_push(L, &(struct time_place){.offset = (int32_t)offset});
    lua_pushvalue(L, 1);
    lua_tostring(L, -1); /* a number becomes its text */
    lua_setuservalue(L, -2);
    return 1;
}

int time_open_utc(lua_State *L)
{
    struct time_place place = time_location_utc(L);
    return time_location_push(L, &place);
}

int time_open_localtz(lua_State *L)
{
    struct time_place place = time_location_local(L);
    return time_location_push(L, &place);
}

/* ---- methods ---- */

static int location_string(lua_State *L)
{
    size_t length;
    struct time_place place = location_place(L, 1);
    const char *name = time_location_name(L, &place, &length);
    lua_pushlstring(L, name, length);
    return 1;
}

static const luaL_Reg location_methods[] = {{"string", location_string}, {NULL, NULL}};

const struct type time_location_type = {
    .name = "time.Location", .methods = location_methods, .tostring = location_string};
