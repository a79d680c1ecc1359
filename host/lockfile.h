/* SPDX-License-Identifier: MIT */
/*
 * lockfile: what moonlet.lock (or wippy.lock) says: where the sources are and which modules are used. Without one, defaults.
 *
 *   directories: {src: ./src, modules: .wippy}
 *   modules: [{name: org/module, version: v1.2.0, hash: …}]
 *   replacements: [{from: org/module, to: ../directory}]     # older place of workspace.replacements
 *   options: {unpack_modules: false}
 *
 * Paths in it are relative to it. What becomes of the modules: module.h.
 */
#ifndef HOST_LOCKFILE_H
#define HOST_LOCKFILE_H

#include <stdbool.h>
#include <stddef.h>

struct problems;

struct lockfile_module {
    char *name;
    char *version; /* "" when not given */
    unsigned line;
};

struct lockfile_replacement {
    char *from;
    char *to; /* from where the program runs */
    unsigned line;
};

struct lockfile {
    char *file;   /* that was read, NULL: none, defaults */
    char *source; /* directories.src; ./src */
    char *vendor; /* where installed modules are: below directories.modules */
    bool unpacks_modules;
    struct lockfile_module *modules;
    size_t module_count, module_capacity;
    struct lockfile_replacement *replacements;
    size_t replacement_count, replacement_capacity;
};

/*
 * Looks in `directory` (normally "."), or reads the `file` that is given, which must be there then. 0, or -1 and one line of text in *problem (the caller frees it) when a lock file is there but
 * cannot be used. lockfile_free in any case.
 */
int lockfile_read(struct lockfile *lockfile, const char *directory, struct problems *problems, char **problem);
int lockfile_read_file(struct lockfile *lockfile, const char *file, struct problems *problems, char **problem);
void lockfile_free(struct lockfile *lockfile);

#endif
