/* SPDX-License-Identifier: MIT */
/*
 * registry: all versions of an application's entries. A version is an immutable snapshot: a table of references to entries, in order of their
 * ids. Whoever holds a snapshot may read it on any thread, however many versions come after it; entries that several versions have
 * in common are shared.
 *
 * Versions are numbered from 0, the state after boot, without gaps and never twice.
 */
#ifndef HOST_REGISTRY_H
#define HOST_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry;
struct registry;
struct registry_source;
struct snapshot;

/* Without versions. keep_history: all are kept; else only the current one, and those that somebody holds. */
struct registry *registry_new(bool keep_history);
void registry_free(struct registry *registry); /* NULL is allowed; snapshots that are held live on */

/*
 * Makes a version of these entries, each id once, and makes it the current one. Takes a reference of each entry, which is not changed any
 * more from now on. Returns its number. One thread at a time.
 */
int64_t registry_publish(struct registry *registry, struct entry *const *entries, size_t count);

/* ---- any thread ---- */

/* A reference to the current version; NULL before the first. */
struct snapshot *registry_current(struct registry *registry);

/* Is a snapshot that the caller holds the current version? Takes no lock. */
bool registry_is_current(struct registry *registry, const struct snapshot *held);

/* A reference to that version; NULL: it is not there, or not any more. */
struct snapshot *registry_at(struct registry *registry, int64_t version);

/* The version behind (or before) that one; -1: none. -1 stands before the first. */
int64_t registry_neighbour(struct registry *registry, int64_t version, bool back);

struct snapshot *snapshot_ref(struct snapshot *snapshot); /* returns its argument */
void snapshot_unref(struct snapshot *snapshot);           /* NULL is allowed */

int64_t snapshot_version(const struct snapshot *snapshot);

/* By id, and by number in order of ids; NULL: none. They live as long as the snapshot. */
const struct entry *snapshot_find(const struct snapshot *snapshot, const char *id);
const struct entry *snapshot_entry(const struct snapshot *snapshot, size_t index);

/* The same for Lua: stdlib/registry.h. */
void registry_describe(struct registry *registry, struct registry_source *out);

#endif
