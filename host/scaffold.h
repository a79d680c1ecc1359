/* SPDX-License-Identifier: MIT */
/* scaffold: what `moonlet init` writes: the lock file of a new project. */
#ifndef HOST_SCAFFOLD_H
#define HOST_SCAFFOLD_H

/*
 * Writes `file`; NULLs are the defaults moonlet.lock, ./src and .wippy. 0 and a word of success in *message, or -1 and what is in
 * the way; the caller frees it. What is there already is never touched.
 */
int scaffold_write_lock(const char *file, const char *source, const char *modules, char **message);

#endif
