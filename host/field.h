/* SPDX-License-Identifier: MIT */
/*
 * field: a place inside an entry, as overrides and requirements name it: meta.x.y, data.x.y, or x.y, which is the same as data.x.y.
 */
#ifndef HOST_FIELD_H
#define HOST_FIELD_H

struct entry;
struct value;

/* Sets the place to the value (taken), making maps on the way. NULL, or why that cannot be (the caller frees it). */
char *field_set(struct entry *entry, const char *path, struct value *value);

/* The same at the end of the list that is there, or a new one. */
char *field_append(struct entry *entry, const char *path, struct value *value);

#endif
