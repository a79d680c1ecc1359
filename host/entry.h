/* SPDX-License-Identifier: MIT */
/*
 * entry: one item of an application's definition, and the table of them all. Ids are "namespace:name", split at the first
 * colon. The table keeps the order of loading (files in byte order of their paths, entries in file order), so everything built
 * from it comes out the same in every run. Filled by one thread, then only read.
 */
#ifndef HOST_ENTRY_H
#define HOST_ENTRY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct value;

struct entry {
    _Atomic unsigned refs; /* who holds it; one that is shared is not changed any more */
    char *id;
    size_t namespace_length; /* of the part before the colon */
    char *kind;
    struct value *meta; /* a map, never NULL */
    struct value *data; /* the payload, never NULL */
    char *file;         /* where it is defined */
    unsigned line;
    char *module;      /* that it comes from, "org/module"; NULL: the application itself */
    char *module_root; /* its directory, NULL likewise */
};

struct entries_bucket {
    uint64_t hash; /* of the id */
    uint32_t length;
    uint32_t number; /* position + 1, 0: free */
};

struct entries {
    struct entry **items;
    size_t count, capacity;
    struct entries_bucket *buckets; /* open addressing */
    size_t bucket_count;
};

enum { ENTRIES_NONE = -1 };

/* Why the parts make no id ("the name is empty", …), or NULL if they do. */
const char *entry_id_problem(const char *namespace, const char *name);

/* Takes kind, meta and data, copies the rest. */
struct entry *entry_new(const char *namespace, const char *name, char *kind, struct value *meta, struct value *data,
                        const char *file, unsigned line);
struct entry *entry_ref(struct entry *entry); /* returns its argument; any thread */
/* Gives up a reference, the one of entry_new or of entry_ref; the last one frees. */
void entry_free(struct entry *entry);

/* Everything is copied. */
struct entry *entry_copy(const struct entry *entry);
void entry_set_module(struct entry *entry, const char *module, const char *root);
void entry_set_kind(struct entry *entry, const char *kind);

const char *entry_name(const struct entry *entry);

/* The full id that a reference found in `from` means (a bare one lives in its namespace); the caller frees it. */
char *entry_resolve_id(const struct entry *from, const char *reference);

bool entry_is_kind(const struct entry *entry, const char *kind);
/* Can it be spawned? (process.host and process.service begin with "process." too.) */
bool entry_is_process(const struct entry *entry);
bool entry_is_function(const struct entry *entry);

/* What is wrong with the source of a Lua entry before anybody parses it, which the caller frees; or NULL. */
char *entry_check_source(const struct entry *entry);

/* Takes the entry; false (and the entry stays the caller's) if its id is there already. */
bool entries_add(struct entries *entries, struct entry *entry);
struct entry *entries_find(const struct entries *entries, const char *id);
/* Position in loading order of that id, which may hold anything; ENTRIES_NONE: there is no such entry. On the path of every spawn. */
ptrdiff_t entries_place(const struct entries *entries, const char *id, size_t length);
/* The entry that `reference` means inside `from`, or NULL. */
struct entry *entries_resolve(const struct entries *entries, const struct entry *from, const char *reference);
/* Position in loading order; the entry is in the table. */
size_t entries_index(const struct entries *entries, const struct entry *entry);
/*
 * Takes the entries for which `leaves` says so out of the table, in loading order, and gives each to `take`, which owns it then.
 * Positions change.
 */
void entries_remove_if(struct entries *entries, bool (*leaves)(void *ctx, const struct entry *entry),
                       void (*take)(void *ctx, struct entry *entry), void *ctx);

void entries_free(struct entries *entries);

#endif
