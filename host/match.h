/* SPDX-License-Identifier: MIT */
/*
 * match: criteria of registry.find against entries.
 *
 *   root fields     the text as a whole; a star in a pattern stands for any bytes, also none
 *   equal           the same scalar, numbers by value; a list of meta holds it; a criterion of several: all of them are there
 *   regex           the text of a scalar, or of one item of a list, matches somewhere
 *   contains        the text of a scalar contains it; a list holds it
 *   prefix, suffix  the text of a scalar, or of one item of a list, begins or ends so
 *
 * A path leads through nested maps; a key with dots in it is found too, where the rest of a path is such a key.
 */
#ifndef HOST_MATCH_H
#define HOST_MATCH_H

struct entry;
struct registry_criterion;

/* See struct registry_source (stdlib/registry.h). */
int match_entry(const struct entry *entry, const struct registry_criterion *criterion);

#endif
