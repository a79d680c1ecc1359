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

/* The public names of all env.variable entries, in their order; borrows the entries. */
struct reference_variable {
    const char *name;
    const struct entry *entry;
    size_t position;
};
struct reference_variables {
    struct reference_variable *items;
    size_t count, capacity;
};
void reference_variables_find(struct reference_variables *out, const struct entries *entries);
void reference_variables_free(struct reference_variables *variables);

/* Of `entry`, and, if it is not NULL, of `decoded`: the same with its variables put in. */
void references_find(struct references *out, const struct entries *entries, const struct reference_variables *variables,
                     const struct entry *entry, const struct entry *decoded);
void references_free(struct references *references);

#endif
