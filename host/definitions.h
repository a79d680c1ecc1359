/* SPDX-License-Identifier: MIT */
/*
 * definitions: the entries of a source directory.
 *
 *   version: "1.0"              # optional
 *   namespace: app
 *   meta: {owner: me}           # below the meta of every entry of the file
 *   entries:
 *     - name: hello
 *       kind: process.lua
 *       source: file://hello.lua
 *
 * or one entry at top level (name and kind beside namespace). Other YAML and JSON files are ignored. What is wrong in one file or
 * entry is reported and that one left out; loading goes on.
 */
#ifndef HOST_DEFINITIONS_H
#define HOST_DEFINITIONS_H

struct entries;
struct module;
struct problems;

/*
 * Adds all entries below `root` to the table. `skip`: see walk_open. 0, or a negative errno when the directory itself cannot be
 * read (nothing is reported then).
 */
int definitions_load(struct entries *entries, const char *root, const char *skip, struct problems *problems);

/* The same for the directory of a module, without what it excludes: the entries know that they are the module's. */
int definitions_load_module(struct entries *entries, const struct module *module, const char *skip,
                            struct problems *problems);

#endif
