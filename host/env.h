/* SPDX-License-Identifier: MIT */
/*
 * env: environment variables: the kind env.variable over the storages of host/envstore.h.
 *
 *   variable: PORT        # public name; optional, unique, letters, digits and _
 *   storage: ns:entry     # an env.storage.*
 *   default: "8080"       # a text; other scalars become one
 *   readonly: false       # alias read_only
 *
 * Its name in the storage is the public one, or that of the entry. An empty value counts as none: then the default, then nothing.
 *
 * Made from the entries on the main thread, where files are read for the first time; afterwards used from any thread. Reading never
 * waits for a disk: values of a file are those of its last reading, and a file that is being used is looked at again in the
 * background every second.
 */
#ifndef HOST_ENV_H
#define HOST_ENV_H

#include <stddef.h>

struct entries;
struct entry;
struct env;
struct env_source;
struct problems;
struct text;
struct vm;

/* Borrows the entries while it runs, not longer. */
struct env *env_new(const struct entries *entries, struct problems *problems);

/* From now on files are looked at again, in the blocking pool of the VM, which must have been stopped before env_free. */
void env_start(struct env *env, struct vm *vm);
void env_free(struct env *env); /* NULL is allowed */

enum env_result {
    ENV_FOUND,  /* the value has been appended */
    ENV_EMPTY,  /* registered, but neither a value nor a default; or its storage cannot be used */
    ENV_UNKNOWN /* no such variable */
};

/*
 * The value of a variable for a placeholder in the entry `from`: `name` is a public name, the name of an env.variable in the same
 * namespace, or a full id. Any thread; never waits for a disk.
 */
enum env_result env_lookup(struct env *env, const struct entry *from, const char *name, struct text *out);

/* The same for Lua: stdlib/env.h. Lives as long as `env`. */
const struct env_source *env_source(const struct env *env);

#endif
