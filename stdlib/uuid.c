/* SPDX-License-Identifier: MIT */
/*
 * uuid: universally unique identifiers. What cannot be read as a UUID, and what is no string, gives nil and an error of kind INVALID.
 *
 *   uuid.v1()                  of time and of a random node, chosen once per runtime
 *   uuid.v4()                  random
 *   uuid.v7()                  of time and random; each is greater than all before, as text too
 *   uuid.v3(space, name)       of a name in the space of another UUID, by MD5;
 *   uuid.v5(space, name)       by SHA-1
 *   uuid.validate(x)           is the whole of x a UUID?
 *   uuid.version(u)            integer
 *   uuid.variant(u)            "RFC4122", "NCS", "Microsoft" or "Future"
 *   uuid.parse(u)              {version, variant, timestamp (v1, v7; unix seconds), node (v1; 12 hexadecimal digits)}
 *   uuid.format(u [, form])    form: "standard" (default), "simple": 32 digits, "urn": urn:uuid:…
 *
 * u: the standard form, or one of the others, or in braces; upper or lower case. What is made has lower case.
 */
#include "stdlib/uuid.h"

#include <string.h>

#include <lauxlib.h>

#include "sched/base/clock.h"
#include "sched/sched.h"
#include "stdlib/entropy.h"
#include "stdlib/services.h"
#include "stdlib/uuid_value.h"
#include "vm/error.h"
#include "vm/state.h"
#include "vm/vm.h"

enum { NAME_MAX_LENGTH = 1 << 20 }; /* a digest cannot be interrupted: this takes some milliseconds */

static int push_uuid(lua_State *L, const struct uuid_value *uuid, enum uuid_form form)
{
    char text[UUID_TEXT];
    size_t length = uuid_value_format(uuid, form, text);
    lua_pushlstring(L, text, length);
    return 1;
}

static int64_t now(lua_State *L)
{
    return clock_wall_ns(sched_clock(vm_sched(state_vm(L))));
}

static int no_entropy(lua_State *L, int error)
{
    return error_return(L, ERROR_INTERNAL, "no random bytes: %s", strerror(-error));
}

static int uuid_v1(lua_State *L)
{
    struct services *services = services_of(L);
    struct uuid_value uuid;
    uint64_t random;
    int error = entropy_fill(services->entropy, &random, sizeof random);
    if (error)
        return no_entropy(L, error);
    uint64_t identity = uuid_clock_identity(&services->uuid_clock, random);
    uuid_value_make_v1(&uuid, uuid_clock_v1(&services->uuid_clock, now(L)), identity);
    return push_uuid(L, &uuid, UUID_STANDARD);
}

static int uuid_v4(lua_State *L)
{
    struct uuid_value uuid;
    int error = entropy_fill(services_of(L)->entropy, uuid.bytes, sizeof uuid.bytes);
    if (error)
        return no_entropy(L, error);
    uuid_value_make_v4(&uuid);
    return push_uuid(L, &uuid, UUID_STANDARD);
}

static int uuid_v7(lua_State *L)
{
    struct services *services = services_of(L);
    struct uuid_value uuid;
    int error = entropy_fill(services->entropy, uuid.bytes, sizeof uuid.bytes);
    if (error)
        return no_entropy(L, error);
    uuid_value_make_v7(&uuid, uuid_clock_v7(&services->uuid_clock, now(L)));
    return push_uuid(L, &uuid, UUID_STANDARD);
}

/* ---- arguments ---- */

/* False, and an error to be returned in place of the result, if the value at `index` is no UUID. */
static bool get_uuid(lua_State *L, int index, const char *what, struct uuid_value *out)
{
    size_t length;
    if (lua_type(L, index) != LUA_TSTRING) {
        error_return(L, ERROR_INVALID, "%s must be a string, got %s", what, luaL_typename(L, index));
        return false;
    }
    const char *text = lua_tolstring(L, index, &length);
    if (uuid_value_parse(text, length, out))
        return true;
    error_return(L, ERROR_INVALID, "%s is no UUID: \"%.60s\"", what, text);
    return false;
}

static int make_named(lua_State *L, int version)
{
    struct uuid_value space, uuid;
    size_t length;
    if (!get_uuid(L, 1, "namespace", &space))
        return 2;
    if (lua_type(L, 2) != LUA_TSTRING)
        return error_return(L, ERROR_INVALID, "name must be a string, got %s", luaL_typename(L, 2));
    const char *name = lua_tolstring(L, 2, &length);
    if (length > NAME_MAX_LENGTH)
        return error_return(L, ERROR_INVALID, "name is longer than %d bytes", NAME_MAX_LENGTH);
    uuid_value_make_named(&uuid, version, &space, name, length);
    return push_uuid(L, &uuid, UUID_STANDARD);
}

static int uuid_v3(lua_State *L)
{
    return make_named(L, 3);
}

static int uuid_v5(lua_State *L)
{
    return make_named(L, 5);
}

/* ---- looking at one ---- */

static int uuid_validate(lua_State *L)
{
    struct uuid_value uuid;
    size_t length;
    const char *text = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &length) : NULL;
    lua_pushboolean(L, text && uuid_value_parse(text, length, &uuid));
    return 1;
}

static int uuid_version(lua_State *L)
{
    struct uuid_value uuid;
    if (!get_uuid(L, 1, "uuid", &uuid))
        return 2;
    lua_pushinteger(L, uuid_value_version(&uuid));
    return 1;
}

static int uuid_variant(lua_State *L)
{
    struct uuid_value uuid;
    if (!get_uuid(L, 1, "uuid", &uuid))
        return 2;
    lua_pushstring(L, uuid_value_variant(&uuid));
    return 1;
}

static int uuid_parse(lua_State *L)
{
    enum { NODE_AT = 20 }; /* in the simple form */
    struct uuid_value uuid;
    int64_t seconds;
    if (!get_uuid(L, 1, "uuid", &uuid))
        return 2;
    lua_createtable(L, 0, 4);
    lua_pushinteger(L, uuid_value_version(&uuid));
    lua_setfield(L, -2, "version");
    lua_pushstring(L, uuid_value_variant(&uuid));
    lua_setfield(L, -2, "variant");
    if (!uuid_value_seconds(&uuid, &seconds))
        return 1;
    lua_pushinteger(L, seconds);
    lua_setfield(L, -2, "timestamp");
    if (uuid_value_version(&uuid) == 1) {
        char text[UUID_TEXT];
        uuid_value_format(&uuid, UUID_SIMPLE, text);
        lua_pushstring(L, text + NODE_AT);
        lua_setfield(L, -2, "node");
    }
    return 1;
}

static int uuid_format(lua_State *L)
{
    static const char *const names[] = {[UUID_STANDARD] = "standard", [UUID_SIMPLE] = "simple", [UUID_URN] = "urn"};
    struct uuid_value uuid;
    if (!get_uuid(L, 1, "uuid", &uuid))
        return 2;
    if (lua_isnoneornil(L, 2))
        return push_uuid(L, &uuid, UUID_STANDARD);
    if (lua_type(L, 2) != LUA_TSTRING)
        return error_return(L, ERROR_INVALID, "format must be a string, got %s", luaL_typename(L, 2));
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(lua_tostring(L, 2), names[i]) == 0)
            return push_uuid(L, &uuid, (enum uuid_form)i);
    return error_return(L, ERROR_INVALID, "unknown format \"%.60s\": use standard, simple or urn", lua_tostring(L, 2));
}

const struct lazy_entry std_uuid_entries[] = {
    LAZY_F("v1", uuid_v1),
    LAZY_F("v3", uuid_v3),
    LAZY_F("v4", uuid_v4),
    LAZY_F("v5", uuid_v5),
    LAZY_F("v7", uuid_v7),
    LAZY_F("validate", uuid_validate),
    LAZY_F("version", uuid_version),
    LAZY_F("variant", uuid_variant),
    LAZY_F("parse", uuid_parse),
    LAZY_F("format", uuid_format),
    LAZY_DONE,
};
