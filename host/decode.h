/* SPDX-License-Identifier: MIT */
/*
 * decode: entries as who runs them sees them: with the values of environment variables in their data.
 *
 *   port_env: PORT                   port becomes the value of PORT, if that is a variable with a value
 *   url: http://${env:HOST}/x        placeholders of host/placeholder.h; NAME is a public name or the id of an env.variable
 *   workers: ${env:WORKERS|4}        a whole placeholder with a typed default takes a value of that type
 *
 * The entries themselves, which the registry shows, keep the text. Never decoded are texts that came from files (file://), the `source`
 * of code and templates, and meta. A string that an environment variable gave says so in its origin ("$NAME"): who wants a number
 * may take it for one.
 */
#ifndef HOST_DECODE_H
#define HOST_DECODE_H

#include <stddef.h>

#include "host/entry.h"

struct env;

/*
 * Decodes one entry. 0 and a copy that the caller owns, or NULL when there is nothing to decode; -1 and *problem (the caller frees it; it
 * shows no value) when a variable is missing or its value is of the wrong type.
 */
int decode_entry(struct env *env, const struct entry *entry, struct entry **out, char **problem);

/* All entries, at the same positions as in the table they come from. */
struct decoded {
    struct entries table;  /* borrows those that are the same */
    struct entry **copies; /* by position; NULL: the same */
    char **problems;       /* by position: why it cannot be decoded (the table has it as it is then), or NULL */
};

/* The entries are borrowed. */
void decoded_init(struct decoded *decoded, struct env *env, const struct entries *entries);
void decoded_destroy(struct decoded *decoded);

/* Why the entry cannot be decoded, or NULL. */
const char *decoded_problem(const struct decoded *decoded, const struct entry *entry);

#endif
