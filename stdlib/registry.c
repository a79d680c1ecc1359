/* SPDX-License-Identifier: MIT */
/*
 * registry (module): the entries of the application and their versions; for reading.
 *
 *   registry.get(id)              {id, kind, meta, data}; nil, err INVALID (no id), NOT_FOUND, PERMISSION_DENIED
 *   registry.find([filter])       array of the entries that all criteria of the filter let through, in order of their ids; nil, err INVALID: a
 *                                 criterion makes no sense (registry_filter.c has them)
 *   registry.parse_id(text)       {ns, name}
 *   registry.snapshot()           the Snapshot of the current version
 *   registry.snapshot_at(n)       that of version n; nil, err INVALID (n < 1), NOT_FOUND
 *   registry.current_version()    a Version
 *   registry.versions()           all of them, oldest first
 *   registry.history()            the History
 *   registry.build_delta(from, to)    what leads from one array of entries to another: array of {kind = "entry.create" | "entry.update" |
 *                                 "entry.delete", entry}, in an order in which it can be done; nil, err INVALID
 *
 *   Snapshot  entries() get(id) find([filter]) namespace(ns) version()      registry_snapshot.c
 *   Version   id() string() previous() next()                               registry_version.c
 *   History   versions() get_version(n) snapshot_at(version)                registry_version.c
 *
 * Data are as they are written: placeholders of environment variables are not replaced. Entries without the permission registry.get are left out
 * of arrays. What changes the registry (changes, apply, apply_version) is no part of this module yet.
 */
#include "stdlib/registry.h"

#include <string.h>

#include <lauxlib.h>

#include "stdlib/registry_lib.h"
#include "stdlib/services.h"
#include "vm/error.h"

const struct registry_source *registry_open(lua_State *L)
{
    const struct registry_source *source = services_of(L)->registry;
    if (!source)
        error_return(L, ERROR_INTERNAL, "registry not available");
    return source;
}

/* Puts the current Snapshot in front of the arguments; false: nil and an error are pushed. */
static bool insert_current(lua_State *L)
{
    if (!registry_push_current(L))
        return false;
    lua_insert(L, 1);
    return true;
}

static int module_get(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TSTRING);
    return insert_current(L) ? registry_get(L) : 2;
}

static int module_find(lua_State *L)
{
    if (!lua_isnoneornil(L, 1))
        luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    return insert_current(L) ? registry_find(L) : 2;
}

static int module_parse_id(lua_State *L)
{
    size_t length;
    luaL_checktype(L, 1, LUA_TSTRING);
    const char *text = lua_tolstring(L, 1, &length), *colon = memchr(text, ':', length);
    const char *name = colon ? colon + 1 : text;
    lua_createtable(L, 0, 2);
    lua_pushlstring(L, text, colon ? (size_t)(colon - text) : 0);
    lua_setfield(L, -2, "ns");
    lua_pushlstring(L, name, length - (size_t)(name - text));
    lua_setfield(L, -2, "name");
    return 1;
}

static int module_snapshot(lua_State *L)
{
    return registry_push_current(L) ? 1 : 2;
}

static int module_snapshot_at(lua_State *L)
{
    lua_Integer version = luaL_checkinteger(L, 1);
    if (version <= 0)
        return error_return(L, ERROR_INVALID, "version must be over 0");
    return registry_push_snapshot_at(L, version);
}

static int module_current_version(lua_State *L)
{
    if (!registry_push_current(L))
        return 2;
    registry_push_version(L, registry_version_of(L, -1));
    return 1;
}

static int module_versions(lua_State *L)
{
    return registry_push_versions(L);
}

static int module_history(lua_State *L)
{
    if (!registry_open(L))
        return 2;
    registry_push_history(L);
    return 1;
}

const struct lazy_entry std_registry_entries[] = {
    LAZY_U("Version", &registry_version_type),
    LAZY_U("History", &registry_history_type),
    LAZY_U("Snapshot", &registry_snapshot_type),
    LAZY_F("get", module_get),
    LAZY_F("find", module_find),
    LAZY_F("parse_id", module_parse_id),
    LAZY_F("snapshot", module_snapshot),
    LAZY_F("snapshot_at", module_snapshot_at),
    LAZY_F("current_version", module_current_version),
    LAZY_F("versions", module_versions),
    LAZY_F("history", module_history),
    LAZY_F("build_delta", registry_build_delta),
    LAZY_DONE,
};
