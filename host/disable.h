/* SPDX-License-Identifier: MIT */
/*
 * disable: entries that the configuration takes out, as if they were not there:
 *
 *   disable:
 *     namespaces: ["legacy.**"]    # patterns of host/glob.h
 *     entries: ["app:*_dev"]
 *     meta: {type: demo}           # all of these must hold
 */
#ifndef HOST_DISABLE_H
#define HOST_DISABLE_H

struct configuration;
struct entries;
struct problems;

/* Moves them from `entries` to `disabled`. What is wrong with the section is added as errors. */
void disable_apply(const struct configuration *configuration, struct entries *entries, struct entries *disabled,
                   struct problems *problems);

#endif
