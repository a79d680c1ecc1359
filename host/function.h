/* SPDX-License-Identifier: MIT */
/*
 * function: what the entry of a function, or of a process that may be called as one, says about its calls: the `pool:` block, the options under
 * meta.options, meta.default_host.
 *
 *   pool: {type, size, workers, buffer, max_size, warm_start}
 *
 * Without `type` it is static if `workers` is over 0 or only `size` is given, else lazy.
 */
#ifndef HOST_FUNCTION_H
#define HOST_FUNCTION_H

#include <stdbool.h>

struct call_options;
struct entry;
struct pool_config;
struct problems;
struct text;
struct value;

/* False: *problem says what is wrong with *where (the caller frees it). */
bool function_read_pool(const struct entry *entry, struct pool_config *config, const struct value **where,
                        char **problem);

/* The options, one reference; NULL: none. What cannot be read is reported as a warning and left out. */
struct call_options *function_read_options(const struct entry *entry, struct problems *problems);

/* Id of the host on which calls of a process entry are spawned, the caller frees it; NULL: it cannot be called. */
char *function_read_default_host(const struct entry *entry);

#endif
