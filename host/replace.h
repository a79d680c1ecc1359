/* SPDX-License-Identifier: MIT */
/*
 * replace: writing a whole file so that readers, also after a crash, see either the old content or the new: a temporary file beside it, fsync,
 * rename. These calls block: not on a worker.
 */
#ifndef HOST_REPLACE_H
#define HOST_REPLACE_H

#include <stddef.h>
#include <sys/types.h>

/* Follows a symbolic link to the file it means; a file that exists keeps its mode, a new one gets `mode`. 0 or a negative errno. */
int replace_file(const char *path, const void *data, size_t length, mode_t mode);

/* Makes the directories that the path of a file goes through and that are missing, with `mode`. 0 or a negative errno. */
int replace_make_directories(const char *path, mode_t mode);

#endif
