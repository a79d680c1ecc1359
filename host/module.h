/* SPDX-License-Identifier: MIT */
/*
 * module: the directories that an application's modules come from. A module (ORG/MODULE) is vendored, in the directory of that name that the
 * lock file implies, or replaced: a directory that workspace.replacements of the configuration names, or the lock file itself (the older
 * place). A replacement counts also for a module that the lock file does not list.
 */
#ifndef HOST_MODULE_H
#define HOST_MODULE_H

#include <stdbool.h>
#include <stddef.h>

struct configuration;
struct lockfile;
struct problems;
struct value;

struct module {
    char *name;
    char *directory;
    bool is_replacement;
    struct value *exclude; /* globs of files that are not loaded, a list; NULL: none */
};

struct modules {
    struct module *items; /* in loading order: replacements, then vendored ones */
    size_t count, capacity;
};

/*
 * Missing modules are reported as warnings: the entries of others may do without. A replacement that the configuration asks for and cannot
 * have is an error, added to `fatal`.
 */
void modules_find(struct modules *modules, const struct lockfile *lockfile, const struct configuration *configuration,
                  struct problems *problems, struct problems *fatal);
void modules_free(struct modules *modules);

/* The module of that name, or NULL. */
const struct module *modules_get(const struct modules *modules, const char *name);

/* Is the file, given by its path in the module, left out by `exclude`? (a pattern also takes what is below a directory it matches) */
bool module_excludes(const struct module *module, const char *path);

#endif
