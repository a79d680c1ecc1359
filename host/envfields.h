/* SPDX-License-Identifier: MIT */
/* envfields: reading the fields of env.* entries; what is no such thing is reported and the default used. */
#ifndef HOST_ENVFIELDS_H
#define HOST_ENVFIELDS_H

#include <stdbool.h>
#include <sys/types.h>

struct entry;
struct problems;
struct text;
struct value;

/* Appends a text, number or boolean as the text that environment variables have. False, and nothing appended: it is something else. */
bool envfields_text(const struct value *value, struct text *out);

/* A boolean; false when it is absent. */
bool envfields_bool(const struct entry *entry, const char *field, struct problems *problems);

/* The permission bits of a file: a number, which in YAML may be octal, or a text of octal digits. */
mode_t envfields_mode(const struct entry *entry, const char *field, mode_t otherwise, struct problems *problems);

#endif
