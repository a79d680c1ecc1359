/* SPDX-License-Identifier: MIT */
/*
 * Version and History of the module registry.
 *
 *   version:id()          the number, 0 for the state after boot
 *   version:string()      "v3"; tostring registry.Version{v3}
 *   version:previous()    the version before, version:next() the one behind; nil: none
 *   history:versions()    all, oldest first; tostring(history) registry.History{}
 *   history:get_version(n)        nil, err NOT_FOUND
 *   history:snapshot_at(version)  its Snapshot; nil, err NOT_FOUND: it is not kept any more
 */
#include <lauxlib.h>

#include "stdlib/registry.h"
#include "stdlib/registry_lib.h"
#include "vm/error.h"
#include "vm/state.h"
#include "vm/type.h"

struct version {
    const struct type *type;
    int64_t number;
};

struct history {
    const struct type *type;
};

static int version_unknown(lua_State *L, int64_t version)
{
    return error_return(L, ERROR_NOT_FOUND, "version not found: %lld", (long long)version);
}

/* ---- Version ---- */

void registry_push_version(lua_State *L, int64_t version)
{
    struct version *object = type_new(L, &registry_version_type, sizeof *object);
    object->number = version;
}

static int64_t check_version(lua_State *L, int index)
{
    return ((struct version *)type_check(L, index, &registry_version_type))->number;
}

static int version_id(lua_State *L)
{
    lua_pushinteger(L, check_version(L, 1));
    return 1;
}

static int version_string(lua_State *L)
{
    lua_pushfstring(L, "v%I", (LUAI_UACINT)check_version(L, 1));
    return 1;
}

static int push_neighbour(lua_State *L, bool back)
{
    int64_t version = check_version(L, 1);
    const struct registry_source *source = registry_open(L);
    if (!source)
        return 2;
    version = source->neighbour(source->ctx, version, back);
    if (version < 0)
        lua_pushnil(L);
    else
        registry_push_version(L, version);
    return 1;
}

static int version_previous(lua_State *L)
{
    return push_neighbour(L, true);
}

static int version_next(lua_State *L)
{
    return push_neighbour(L, false);
}

static int version_tostring(lua_State *L)
{
    lua_pushfstring(L, "registry.Version{v%I}", (LUAI_UACINT)check_version(L, 1));
    return 1;
}

static const luaL_Reg version_methods[] = {
    {"id", version_id}, {"string", version_string}, {"previous", version_previous}, {"next", version_next},
    {NULL, NULL},
};

const struct type registry_version_type = {
    .name = "registry.Version", .methods = version_methods, .tostring = version_tostring};

/* ---- all versions ---- */

/* The array is at stack index 1; ctx is the last version in it. */
static int versions_k(lua_State *L, int status, lua_KContext ctx)
{
    const struct registry_source *source = registry_open(L);
    lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
    int64_t version = (int64_t)ctx;
    (void)status;
    while ((version = source->neighbour(source->ctx, version, false)) >= 0) {
        registry_push_version(L, version);
        lua_rawseti(L, 1, ++count);
        if (state_budget(L))
            return state_reschedule(L, (lua_KContext)version, versions_k);
    }
    return 1;
}

int registry_push_versions(lua_State *L)
{
    if (!registry_open(L))
        return 2;
    lua_settop(L, 0);
    lua_newtable(L);
    return versions_k(L, LUA_OK, -1);
}

int registry_push_snapshot_at(lua_State *L, int64_t version)
{
    const struct registry_source *source = registry_open(L);
    if (!source)
        return 2;
    return registry_push_snapshot(L, source, version) ? 1 : version_unknown(L, version);
}

/* ---- History ---- */

void registry_push_history(lua_State *L)
{
    type_new(L, &registry_history_type, sizeof(struct history));
}

static int history_versions(lua_State *L)
{
    type_check(L, 1, &registry_history_type);
    return registry_push_versions(L);
}

static int history_get_version(lua_State *L)
{
    type_check(L, 1, &registry_history_type);
    lua_Integer version = luaL_checkinteger(L, 2);
    const struct registry_source *source = registry_open(L);
    if (!source)
        return 2;
    if (version < 0 || source->neighbour(source->ctx, version - 1, false) != version)
        return version_unknown(L, version);
    registry_push_version(L, version);
    return 1;
}

static int history_snapshot_at(lua_State *L)
{
    type_check(L, 1, &registry_history_type);
    return registry_push_snapshot_at(L, check_version(L, 2));
}

static int history_tostring(lua_State *L)
{
    type_check(L, 1, &registry_history_type);
    lua_pushliteral(L, "registry.History{}");
    return 1;
}

static const luaL_Reg history_methods[] = {
    {"versions", history_versions},
    {"get_version", history_get_version},
    {"snapshot_at", history_snapshot_at},
    {NULL, NULL},
};

const struct type registry_history_type = {
    .name = "registry.History", .methods = history_methods, .tostring = history_tostring};
