/* SPDX-License-Identifier: MIT */
/*
 * envstore: where environment variables keep their values: the kinds env.storage.*.
 *
 *   env.storage.memory   {}                                        gone at the end of the run
 *   env.storage.file     file_path, auto_create: false, file_mode: 0644, dir_mode: 0755
 *   env.storage.os       {}                                        what the program was started with; read only
 *   env.storage.static   values: {NAME: value}                     read only
 *   env.storage.router   storages: [id, …]                         the first that has a value; writes go to the first
 *
 * A file is kept in memory: reading a value never waits for the disk. Only the functions at the end do, so they are for the main
 * thread and the blocking pool. All others are called under the lock of host/env.c.
 */
#ifndef HOST_ENVSTORE_H
#define HOST_ENVSTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry;
struct entries;
struct envstore;
struct problems;
struct text;

/* Is it one of the kinds above? */
bool envstore_is_kind(const struct entry *entry);

/* What is wrong with the fields is reported, and said by every use of the storage. */
struct envstore *envstore_new(const struct entry *entry, struct problems *problems);
void envstore_free(struct envstore *store);

/*
 * Gives a router its members, routers among them replaced by theirs; `stores` are those of all entries, by position (NULL for other kinds).
 * Unknown ids and circles are reported and left out. Other kinds: nothing.
 */
void envstore_link(struct envstore *store, const struct entries *entries, struct envstore *const *stores,
                   struct problems *problems);

enum envstore_result {
    ENVSTORE_FOUND,
    ENVSTORE_MISSING, /* no value, or an empty one */
    ENVSTORE_FAILED   /* the storage cannot be used: *problem, as envstore_problem */
};

/* *value points into the storage, valid while the lock is held. */
enum envstore_result envstore_get(const struct envstore *store, const char *name, const char **value, size_t *length,
                                  const char **problem);

/* The storage that a write through this one changes; NULL: a router without members. */
struct envstore *envstore_target(struct envstore *store);
bool envstore_is_writable(const struct envstore *store);
bool envstore_is_file(const struct envstore *store);
const char *envstore_id(const struct envstore *store);

/* Why it cannot be used, or NULL; valid while the lock is held. */
const char *envstore_problem(const struct envstore *store);

/* Sets a value of a memory storage. */
void envstore_set(struct envstore *store, const char *name, const char *value, size_t length);

/* ---- files ---- */

/* The storages of kind file that envstore_get would look at: calls visit for each. */
void envstore_each_file(struct envstore *store, void (*visit)(void *ctx, struct envstore *file), void *ctx);

/* When it was last read, and whether somebody is about to: for host/env.c. */
struct envstore_freshness {
    uint64_t checked_ns;
    bool is_wanted;
};
struct envstore_freshness *envstore_freshness(struct envstore *store);

/*
 * What follows waits for the disk; the caller holds envstore_lock, which comes before the lock of host/env.c, until it has adopted the result,
 * so that what is in memory is never older than what was written.
 */
void envstore_lock(struct envstore *store);
void envstore_unlock(struct envstore *store);

/* Reads the file, a missing one as empty. 0, or a negative errno (-EFBIG: over 256 KB). */
int envstore_load(const struct envstore *store, struct text *content);

/* Changes one value on disk. NULL and the new *content, or the reason (the caller frees it); *is_invalid: it is the value's fault. */
char *envstore_write(const struct envstore *store, const char *name, const char *value, size_t length,
                     struct text *content, bool *is_invalid);

/* Takes the content (and empties it), or remembers the error: then true if that is another one than before. With both locks. */
bool envstore_adopt(struct envstore *store, struct text *content, int error);

#endif
