/* SPDX-License-Identifier: MIT */
/* envindex: the env.variable entries (host/env.h), and what a name means. Made on one thread, then only read. */
#ifndef HOST_ENVINDEX_H
#define HOST_ENVINDEX_H

#include <stdbool.h>
#include <stddef.h>

struct entries;
struct envstore;
struct problems;

enum { ENVINDEX_NAME_MAX = 255 }; /* bytes of an id or a public name */

struct variable {
    char *id;
    char *name;             /* public, or NULL */
    struct envstore *store; /* borrowed; NULL: it has only its default */
    char *fallback;         /* the default, or NULL; never empty */
    bool is_readonly;
};

struct envindex {
    struct variable *variables; /* in order of their ids */
    size_t count, capacity;
    struct variable **by_name; /* those with a public name, in its order */
    size_t name_count;
};

/* `stores`: by position in the entry table. What is wrong is reported. */
void envindex_init(struct envindex *index, const struct entries *entries, struct envstore *const *stores,
                   struct problems *problems);
void envindex_destroy(struct envindex *index);

/* What code of the entry `caller` means: a public name, a full id, the name of a variable in the caller's namespace; NULL: nothing. */
const struct variable *envindex_resolve(const struct envindex *index, const char *caller, const char *text,
                                        size_t length);

/* The public name, else the id; and what its storage calls it. */
const char *envindex_shown_name(const struct variable *variable);
const char *envindex_stored_name(const struct variable *variable);

#endif
