/* SPDX-License-Identifier: MIT */
/*
 * lockfile: where an application keeps its sources: moonlet.lock, or wippy.lock, or the defaults. Paths in it are relative to it.
 */
#ifndef HOST_LOCKFILE_H
#define HOST_LOCKFILE_H

#include <stddef.h>

struct problems;

struct lockfile {
    char *file;     /* that was read, NULL: none, defaults */
    char *source;   /* directories.src; ./src */
    char **modules; /* directories of replacements and vendored modules that are there, in loading order */
    size_t module_count, module_capacity;
};

/*
 * Looks in `directory` (normally "."). 0, or -1 and one line of text in *problem (the caller frees it) when a lock file is there but
 * cannot be used. lockfile_free in any case.
 */
int lockfile_read(struct lockfile *lockfile, const char *directory, struct problems *problems, char **problem);
void lockfile_free(struct lockfile *lockfile);

#endif
