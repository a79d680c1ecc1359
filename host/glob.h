/* SPDX-License-Identifier: MIT */
/*
 * glob: patterns over names made of segments ("app.jobs", "docs/old/x.yaml"): `*` stands for any characters inside a segment, `?` for
 * one, a segment `**` for any number of segments, none included.
 */
#ifndef HOST_GLOB_H
#define HOST_GLOB_H

#include <stdbool.h>

/* Does all of the text match? The separator splits both into segments. */
bool glob_match(const char *pattern, const char *text, char separator);

/* Namespace and name of an id ("app.jobs:clean") against the pattern's parts; both are dotted names. The pattern has a colon. */
bool glob_match_id(const char *pattern, const char *id);

#endif
