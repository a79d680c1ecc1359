/* SPDX-License-Identifier: MIT */
/*
 * delta: what leads from one set of entries to another: first what is to be deleted, dependents before what they refer to; then what is to be
 * created or updated, in start order (host/order.h).
 */
#ifndef HOST_DELTA_H
#define HOST_DELTA_H

#include <stddef.h>

struct registry_changes;
struct vm_error;

enum { DELTA_ENTRIES_MAX = 20000 }; /* of each set */

/*
 * `data`: an encoding of two arrays of entries {id, kind, meta, data} (vm/plain.h). See struct registry_source (stdlib/registry.h). INVALID: an
 * entry without id or kind, an id twice, or too many.
 */
int delta_compare(const void *data, size_t length, struct registry_changes *out, struct vm_error *error);

#endif
