/* SPDX-License-Identifier: MIT */
/*
 * link: `file://` values. Any string in payload or meta that begins with file:// is replaced by the content of that file:
 * file://x.lua and file://./x.lua are relative to the definition file, file:///x.lua to the source root.
 */
#ifndef HOST_LINK_H
#define HOST_LINK_H

struct value;
struct walk;

/*
 * Replaces all of them below `value`; `path` is that of the definition file in the walk. 0, or -1 and the reason with the line in
 * *problem (the caller frees it) and *line.
 */
int link_expand(const struct walk *walk, const char *path, struct value *value, char **problem, unsigned *line);

#endif
