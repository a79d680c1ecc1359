/* SPDX-License-Identifier: MIT */
/*
 * host_type: userdata types that libraries show to programs under a name (LAZY_TYPE in their list of members), such as time.Duration: in annotations
 * and declared types, and as type values. Two sources name the same type by module and name; any thread may ask.
 */
#ifndef VM_HOST_TYPE_H
#define VM_HOST_TYPE_H

#include <stdint.h>

struct library;
struct shape_node;
struct shapes;
struct type;

/* The type that the module shows so, or NULL; and the type that a HOST node of a set names. */
const struct type *host_type_find(const struct library *libraries, const char *module, const char *name);
const struct type *host_type_of(const struct library *libraries, const struct shapes *shapes,
                                const struct shape_node *node);

/* The set of all of them, for free(). */
struct shapes *host_types_new(const struct library *libraries);

/* The number of the type in that set; 0: not there. */
uint32_t host_types_node(const struct library *libraries, const struct type *type);

#endif
