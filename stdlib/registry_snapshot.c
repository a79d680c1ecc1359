/* SPDX-License-Identifier: MIT */
/*
 * Snapshot of the module registry: all entries of one version; what comes after it is not seen in it.
 *
 *   snapshot:entries()        array of all, in order of their ids
 *   snapshot:get(id)          as registry.get
 *   snapshot:find([filter])   as registry.find
 *   snapshot:namespace(ns)    array of those in exactly that namespace
 *   snapshot:version()        its Version; tostring registry.Snapshot{version=v3}
 *
 * The state keeps the Snapshot that was used last, so that asking for the current one again takes no lock and makes nothing. An array is made
 * in pieces: between two values the slice may end.
 */
#include <errno.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "stdlib/permission.h"
#include "stdlib/registry.h"
#include "stdlib/registry_lib.h"
#include "vm/error.h"
#include "vm/handle.h"
#include "vm/state.h"
#include "vm/type.h"

enum { LONGEST_ID = 255 };

struct snapshot_object {
    const struct type *type;
    struct handle handle; /* holds the reference */
    const struct registry_source *source;
    struct snapshot *snapshot;
};

static const char kept_key; /* its address: where the state keeps the Snapshot used last */

/* ---- objects ---- */

static void release_snapshot(struct handle *handle)
{
    struct snapshot_object *object = container_of(handle, struct snapshot_object, handle);
    object->source->unref(object->snapshot);
}

static int finalize_snapshot(lua_State *L)
{
    struct snapshot_object *object = lua_touserdata(L, 1);
    handle_close(&object->handle);
    return 0;
}

/* Pushes an object without a snapshot. */
static struct snapshot_object *new_object(lua_State *L, const struct registry_source *source)
{
    struct snapshot_object *object = type_new(L, &registry_snapshot_type, sizeof *object);
    object->source = source;
    return object;
}

/* Takes the reference; raises nothing. */
static void fill(lua_State *L, struct snapshot_object *object, struct snapshot *snapshot)
{
    object->snapshot = snapshot;
    handle_keep(L, &object->handle, release_snapshot);
}

static struct snapshot_object *check_snapshot(lua_State *L)
{
    return type_check(L, 1, &registry_snapshot_type);
}

bool registry_push_current(lua_State *L)
{
    const struct registry_source *source = registry_open(L);
    if (!source)
        return false;
    luaL_checkstack(L, 4, NULL);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &kept_key);
    const struct snapshot_object *kept = lua_touserdata(L, -1);
    if (kept && source->is_current(source->ctx, kept->snapshot))
        return true;
    lua_pop(L, 1);
    struct snapshot_object *object = new_object(L, source);
    fill(L, object, source->current(source->ctx));
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &kept_key);
    return true;
}

bool registry_push_snapshot(lua_State *L, const struct registry_source *source, int64_t version)
{
    struct snapshot_object *object = new_object(L, source);
    struct snapshot *snapshot = source->at(source->ctx, version);
    if (snapshot)
        fill(L, object, snapshot);
    else
        lua_pop(L, 1);
    return snapshot;
}

int64_t registry_version_of(lua_State *L, int index)
{
    const struct snapshot_object *object = lua_touserdata(L, index);
    return object->source->version(object->snapshot);
}

/* ---- one entry ---- */

/* What is wrong with an id, NULL: nothing. */
static const char *check_id(const char *id, size_t length)
{
    if (length == 0)
        return "entry id required";
    const char *colon = memchr(id, ':', length);
    if (!colon || colon == id || colon == id + length - 1)
        return "entry id must be namespace:name";
    return NULL;
}

static int not_found(lua_State *L, const char *id)
{
    return error_return(L, ERROR_NOT_FOUND, "entry not found: %.*s", LONGEST_ID, id);
}

/* Snapshot at 1, the id at 2, the cursor at 3, what has been pushed so far above. */
static int get_k(lua_State *L, int status, lua_KContext ctx)
{
    const struct snapshot_object *object = lua_touserdata(L, 1);
    const struct entry *entry = object->source->find(object->snapshot, lua_tostring(L, 2));
    (void)status;
    return object->source->push(L, entry, lua_touserdata(L, 3)) ? 1 : state_reschedule(L, ctx, get_k);
}

int registry_get(lua_State *L)
{
    const struct snapshot_object *object = check_snapshot(L);
    const struct registry_source *source = object->source;
    size_t length;
    luaL_checktype(L, 2, LUA_TSTRING);
    const char *id = lua_tolstring(L, 2, &length), *problem = check_id(id, length);
    if (problem)
        return error_return(L, ERROR_INVALID, "%s", problem);
    if (!permission_allows(L, "registry.get", id))
        return error_return(L, ERROR_PERMISSION_DENIED, "not allowed to read entry %.*s", LONGEST_ID, id);
    const struct entry *entry = strlen(id) == length ? source->find(object->snapshot, id) : NULL;
    if (!entry)
        return not_found(L, id);
    if (source->is_small(entry)) {
        source->push(L, entry, NULL);
        return 1;
    }
    lua_settop(L, 2);
    memset(lua_newuserdata(L, sizeof(struct registry_cursor)), 0, sizeof(struct registry_cursor));
    return get_k(L, LUA_OK, 0);
}

/* ---- arrays of entries ---- */

enum { AT_SNAPSHOT = 1, AT_FILTER, AT_LISTING, AT_RESULT };

/* Where the making of an array is. Of the stack above, the array and what has been pushed of the next entry. */
struct listing {
    struct registry_filter filter; /* points into the userdata at AT_FILTER */
    size_t index, count;           /* of the next entry; of those in the array */
    bool is_pushing;               /* the entry has passed and is on its way */
    struct registry_cursor cursor;
};

/* 1, 0, or -E2BIG. */
static int passes(lua_State *L, const struct registry_source *source, const struct listing *listing,
                  const struct entry *entry)
{
    for (size_t i = 0; i < listing->filter.count; i++) {
        int result = source->matches(entry, &listing->filter.items[i]);
        if (result <= 0)
            return result;
    }
    return permission_allows(L, "registry.get", source->id(entry));
}

static int too_long(lua_State *L, const struct registry_source *source, const struct entry *entry)
{
    return error_return(L, ERROR_INVALID, "a text in the meta of %s is too long for a regular expression of this kind",
                        source->id(entry));
}

static int list_k(lua_State *L, int status, lua_KContext ctx)
{
    const struct snapshot_object *object = lua_touserdata(L, AT_SNAPSHOT);
    const struct registry_source *source = object->source;
    struct listing *listing = lua_touserdata(L, AT_LISTING);
    const struct entry *entry;
    (void)status;
    for (; (entry = source->entry(object->snapshot, listing->index)); listing->index++) {
        if (!listing->is_pushing) {
            if (state_budget(L))
                return state_reschedule(L, ctx, list_k);
            int result = passes(L, source, listing, entry);
            if (result < 0)
                return too_long(L, source, entry);
            if (!result)
                continue;
            listing->is_pushing = true;
            listing->cursor.part = listing->cursor.depth = 0;
        }
        if (!source->push(L, entry, &listing->cursor))
            return state_reschedule(L, ctx, list_k);
        listing->is_pushing = false;
        lua_rawseti(L, AT_RESULT, (lua_Integer)++listing->count);
    }
    return 1;
}

/* With the Snapshot at AT_SNAPSHOT and the filter at AT_FILTER. */
static int list(lua_State *L, const struct registry_filter *filter)
{
    struct listing *listing = lua_newuserdata(L, sizeof *listing);
    memset(listing, 0, sizeof *listing);
    listing->filter = *filter;
    lua_newtable(L);
    return list_k(L, LUA_OK, 0);
}

int registry_find(lua_State *L)
{
    struct registry_filter filter;
    check_snapshot(L);
    lua_settop(L, 2);
    if (!registry_parse_filter(L, 2, &filter))
        return 2;
    lua_replace(L, AT_FILTER);
    return list(L, &filter);
}

static int snapshot_entries(lua_State *L)
{
    check_snapshot(L);
    lua_settop(L, 1);
    lua_pushnil(L);
    return list(L, &(struct registry_filter){0});
}

static int snapshot_namespace(lua_State *L)
{
    struct registry_filter filter;
    check_snapshot(L);
    luaL_checktype(L, 2, LUA_TSTRING);
    lua_settop(L, 2);
    registry_filter_namespace(L, 2, &filter);
    lua_replace(L, AT_FILTER);
    return list(L, &filter);
}

static int snapshot_version(lua_State *L)
{
    check_snapshot(L);
    registry_push_version(L, registry_version_of(L, 1));
    return 1;
}

static int snapshot_tostring(lua_State *L)
{
    check_snapshot(L);
    lua_pushfstring(L, "registry.Snapshot{version=v%I}", (LUAI_UACINT)registry_version_of(L, 1));
    return 1;
}

static const luaL_Reg snapshot_methods[] = {
    {"entries", snapshot_entries},     {"get", registry_get},         {"find", registry_find},
    {"namespace", snapshot_namespace}, {"version", snapshot_version}, {NULL, NULL},
};

const struct type registry_snapshot_type = {
    .name = "registry.Snapshot",
    .methods = snapshot_methods,
    .tostring = snapshot_tostring,
    .finalize = finalize_snapshot,
};
