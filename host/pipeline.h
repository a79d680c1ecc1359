/* SPDX-License-Identifier: MIT */
/*
 * pipeline: what happens to the entries between their files and the registry: overrides, then disabling, then the values of requirements, then
 * overrides again, so that they win over those.
 */
#ifndef HOST_PIPELINE_H
#define HOST_PIPELINE_H

#include <stddef.h>

struct configuration;
struct entries;
struct problems;

/*
 * `overrides`: the texts of -o. Warnings are added to `problems`; what must stop the boot to `fatal`, all of it.
 */
void pipeline_run(struct entries *entries, const struct configuration *configuration, char *const *overrides,
                  size_t override_count, struct problems *problems, struct problems *fatal);

#endif
