/* SPDX-License-Identifier: MIT */
/* registry_lib: what the files of the module registry share. */
#ifndef STDLIB_REGISTRY_LIB_H
#define STDLIB_REGISTRY_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

struct registry_criterion;
struct registry_source;
struct snapshot;
struct type;

extern const struct type registry_version_type, registry_history_type, registry_snapshot_type;

/* The registry of the runtime; NULL, with nil and an error pushed: there is none. */
const struct registry_source *registry_open(lua_State *L);

/* ---- registry_snapshot.c ---- */

/* Pushes the Snapshot of the current version: the same object while that is the same. False, with nil and an error pushed: there is none. */
bool registry_push_current(lua_State *L);

/* Pushes the Snapshot of that version; false, and nothing pushed: there is none. */
bool registry_push_snapshot(lua_State *L, const struct registry_source *source, int64_t version);

/* What the Snapshot at stack index 1 has to say, as the results of a C function: the entry whose id is at 2; those that the filter at 2 lets through. */
int registry_get(lua_State *L);
int registry_find(lua_State *L);

/* The version of the Snapshot at `index`. */
int64_t registry_version_of(lua_State *L, int index);

/* ---- registry_version.c ---- */

void registry_push_version(lua_State *L, int64_t version);
void registry_push_history(lua_State *L);
/* Pushes the array of all versions, as the results of a C function. */
int registry_push_versions(lua_State *L);
/* Pushes the Snapshot of that version; or nil and an error. Results of a C function. */
int registry_push_snapshot_at(lua_State *L, int64_t version);

/* ---- registry_filter.c ---- */

struct registry_filter {
    const struct registry_criterion *items;
    size_t count;
};

/*
 * Pushes a userdata with what the filter at `index` (a table, or nil: everything) says; *out points into it. False, with nil and an error
 * pushed instead: it makes no sense. Raises for other types.
 */
bool registry_parse_filter(lua_State *L, int index, struct registry_filter *out);

/* The same for the criterion that the namespace is the text at `index`. */
void registry_filter_namespace(lua_State *L, int index, struct registry_filter *out);

/* ---- registry_delta.c ---- */
int registry_build_delta(lua_State *L);

#endif
