/* SPDX-License-Identifier: MIT */
/*
 * reference: which other entries an entry names: dependencies written down (requires, depends_on), imports, and the values of
 * keys that hold ids (driver, host, storage, *_env, …). A text that is no existing id is no reference.
 */
#ifndef HOST_REFERENCE_H
#define HOST_REFERENCE_H

#include <stddef.h>

struct entries;
struct entry;

/* Positions in the table, ascending, each once, the entry itself excluded. */
struct references {
    size_t *items;
    size_t count, capacity;
};

/* Of `entry`, and, if it is not NULL, of `decoded`: the same with its variables put in. */
void references_find(struct references *out, const struct entries *entries, const struct entry *entry,
                     const struct entry *decoded);
void references_free(struct references *references);

#endif
