/* SPDX-License-Identifier: MIT */
/*
 * profile: named sets of changes to a configuration, chosen with --profile:
 *
 *   profiles:
 *     dev:
 *       logger: {encoding: console}
 *       disable: {namespaces: {add: ["legacy.**"], remove: [tools]}}
 *
 * A profile is laid upon the tree like a file; only the lists of `disable` may be changed rather than replaced.
 */
#ifndef HOST_PROFILE_H
#define HOST_PROFILE_H

#include <stddef.h>

struct configuration;
struct problems;

/* Applies the profiles of these names in order and removes the section `profiles` from the tree. */
void profile_apply_all(struct configuration *configuration, char *const *names, size_t count,
                       struct problems *problems);

#endif
