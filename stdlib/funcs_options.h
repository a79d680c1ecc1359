/* SPDX-License-Identifier: MIT */
/*
 * funcs_options: options of calls, as programs write them (with_options) and entries (meta.options):
 *
 *   timeout   number of milliseconds or a duration text; 0: none
 *   retry     {max_attempts, initial_delay, max_delay, backoff_factor, jitter, retry_kinds, skip_kinds}
 *
 * Other options are left to others. Needs no Lua state.
 */
#ifndef STDLIB_FUNCS_OPTIONS_H
#define STDLIB_FUNCS_OPTIONS_H

#include <stddef.h>

struct call_options;
struct vm_error;

/*
 * Reads an encoding of one table with string keys (plain_encode_fields of vm/plain.h makes such). 0 and one reference in *out, NULL if none of
 * its options is known; -1 and *error: INVALID, which option is wrong, and how to write it.
 */
int funcs_options_parse(struct call_options **out, const void *data, size_t length, struct vm_error *error);

#endif
